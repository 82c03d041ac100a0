package dev.kakehashi.cni.json;

/**
 * A JSON string: Unicode text. Half a surrogate pair, which JSON can spell (as an escape, RFC 8259
 * section 8.2) and neither UTF-8 nor the kernel can, is read as U+FFFD: the answer of Go's
 * encoding/json, and so of the reference plugins.
 */
public record JsonString(String value) implements JsonValue {
    private static final char REPLACEMENT = '\ufffd';

    public JsonString {
        value = unicode(value);
    }

    /** The text with {@code U+FFFD} in the place of each half of a surrogate pair. */
    static String unicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return withoutHalves(text);
            }
        }
        return text;
    }

    private static String withoutHalves(String text) {
        StringBuilder whole = new StringBuilder(text.length());
        int point;
        for (int i = 0; i < text.length(); i += Character.charCount(point)) {
            point = text.codePointAt(i);
            boolean half = Character.getType(point) == Character.SURROGATE;
            whole.appendCodePoint(half ? REPLACEMENT : point);
        }
        return whole.toString();
    }

    @Override
    public String kind() {
        return "a string";
    }

    @Override
    public String toString() {
        return toCompactString();
    }
}
