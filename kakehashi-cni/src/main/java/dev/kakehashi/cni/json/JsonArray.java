package dev.kakehashi.cni.json;

import java.util.ArrayList;
import java.util.List;

/**
 * A JSON array.
 *
 * @param values the elements in order
 */
public record JsonArray(List<JsonValue> values) implements JsonValue {
    /** The array without elements. */
    public static final JsonArray EMPTY = new JsonArray(List.of());

    /** Copies the list unless it is immutable already. */
    public JsonArray {
        values = List.copyOf(values);
    }

    /** An array of these values. */
    public static JsonArray of(JsonValue... values) {
        return new JsonArray(List.of(values));
    }

    /** An array of strings. */
    public static JsonArray ofStrings(List<String> strings) {
        List<JsonValue> values = new ArrayList<>(strings.size());
        for (String string : strings) {
            values.add(new JsonString(string));
        }
        return new JsonArray(values);
    }

    @Override
    public String kind() {
        return "an array";
    }

    @Override
    public String toString() {
        return toCompactString();
    }
}
