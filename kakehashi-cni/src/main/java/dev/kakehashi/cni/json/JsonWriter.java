package dev.kakehashi.cni.json;

import java.util.List;

/**
 * Writes values as Go's encoding/json does, so that output equals the reference's byte for byte:
 * {@code < > &} and the line separators U+2028 and U+2029 are escaped, other characters beyond
 * ASCII are not.
 */
final class JsonWriter {
    private static final String INDENT = "    ";
    private static final char[] HEX = "0123456789abcdef".toCharArray();
    private static final int INITIAL_CAPACITY = 512;

    private final StringBuilder out = new StringBuilder(INITIAL_CAPACITY);
    private final boolean pretty;
    private int depth;

    private JsonWriter(boolean pretty) {
        this.pretty = pretty;
    }

    static String compact(JsonValue value) {
        JsonWriter writer = new JsonWriter(false);
        writer.write(value);
        return writer.out.toString();
    }

    static String pretty(JsonValue value) {
        JsonWriter writer = new JsonWriter(true);
        writer.write(value);
        return writer.out.toString();
    }

    private void write(JsonValue value) {
        // No switch over types: linking one at a first call takes longer than everything else here.
        if (value instanceof JsonString string) {
            string(string.value());
        } else if (value instanceof JsonObject object) {
            object(object.members());
        } else if (value instanceof JsonArray array) {
            array(array.values());
        } else if (value instanceof JsonNumber number) {
            out.append(number.literal());
        } else if (value instanceof JsonBoolean bool) {
            out.append(bool.value());
        } else {
            out.append("null");
        }
    }

    private void object(List<JsonMember> members) {
        out.append('{');
        depth++;
        for (int i = 0; i < members.size(); i++) {
            separate(i);
            string(members.get(i).name());
            out.append(pretty ? ": " : ":");
            write(members.get(i).value());
        }
        close(members.isEmpty(), '}');
    }

    private void array(List<JsonValue> values) {
        out.append('[');
        depth++;
        for (int i = 0; i < values.size(); i++) {
            separate(i);
            write(values.get(i));
        }
        close(values.isEmpty(), ']');
    }

    private void separate(int index) {
        if (index > 0) {
            out.append(',');
        }
        newLine();
    }

    private void close(boolean empty, char bracket) {
        depth--;
        if (!empty) {
            newLine();
        }
        out.append(bracket);
    }

    private void newLine() {
        if (pretty) {
            out.append('\n');
            for (int i = 0; i < depth; i++) {
                out.append(INDENT);
            }
        }
    }

    private void string(String text) {
        out.append('"');
        int plain = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                continue;
            }
            out.append(text, plain, i);
            plain = i + 1;
            escape(c);
        }
        out.append(text, plain, text.length()).append('"');
    }

    private static boolean isPlain(char c) {
        return switch (c) {
            case '"', '\\', '<', '>', '&', '\u2028', '\u2029' -> false;
            default -> c >= ' ';
        };
    }

    private void escape(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            default ->
                    out.append("\\u")
                            .append(HEX[c >> 12])
                            .append(HEX[(c >> 8) & 0xf])
                            .append(HEX[(c >> 4) & 0xf])
                            .append(HEX[c & 0xf]);
        }
    }
}
