package dev.kakehashi.cni.json;

/**
 * An immutable JSON value (RFC 8259). Equality is by content; objects compare with the order of
 * their members.
 */
public sealed interface JsonValue
        permits JsonObject, JsonArray, JsonString, JsonNumber, JsonBoolean, JsonNull {

    /** What kind of value this is, with its article, for messages: {@code a string}. */
    String kind();

    /** The value on one line without spaces. */
    default String toCompactString() {
        return JsonWriter.compact(this);
    }

    /**
     * The value over several lines, four spaces a level, no newline at the end: as the reference
     * library prints results.
     */
    default String toPrettyString() {
        return JsonWriter.pretty(this);
    }
}
