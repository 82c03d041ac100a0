package dev.kakehashi.cni.json;

/** The literal {@code null}. */
public enum JsonNull implements JsonValue {
    /** The only one. */
    NULL;

    @Override
    public String kind() {
        return "null";
    }

    @Override
    public String toString() {
        return toCompactString();
    }
}
