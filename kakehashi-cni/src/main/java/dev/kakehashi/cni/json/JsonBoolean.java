package dev.kakehashi.cni.json;

/** {@code true} or {@code false}. */
public enum JsonBoolean implements JsonValue {
    /** The literal {@code true}. */
    TRUE,
    /** The literal {@code false}. */
    FALSE;

    /** The JSON value of a Java boolean. */
    public static JsonBoolean of(boolean value) {
        return value ? TRUE : FALSE;
    }

    /** The Java value. */
    public boolean value() {
        return this == TRUE;
    }

    @Override
    public String kind() {
        return "a boolean";
    }

    @Override
    public String toString() {
        return toCompactString();
    }
}
