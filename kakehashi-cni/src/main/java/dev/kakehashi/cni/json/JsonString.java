package dev.kakehashi.cni.json;

/** A JSON string. */
public record JsonString(String value) implements JsonValue {
    @Override
    public String kind() {
        return "a string";
    }

    @Override
    public String toString() {
        return toCompactString();
    }
}
