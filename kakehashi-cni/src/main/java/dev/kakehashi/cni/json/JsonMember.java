package dev.kakehashi.cni.json;

/**
 * One name and value of an object.
 *
 * @param name the key as written; Unicode text, as that of a {@link JsonString}
 * @param value its value
 */
public record JsonMember(String name, JsonValue value) {
    public JsonMember {
        name = JsonString.unicode(name);
    }
}
