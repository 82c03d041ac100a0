package dev.kakehashi.cluster.yaml;

import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Problem;
import dev.kakehashi.cluster.Tree;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonBoolean;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonNull;
import dev.kakehashi.cni.json.JsonNumber;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.json.JsonValue;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Trees as JSON, for stores that programs write to. Bounded as {@link YamlDocument}: {@value
 * YamlDocument#MAX_CHARACTERS} octets, {@value YamlDocument#MAX_DEPTH} levels, no duplicate keys.
 */
public final class JsonText {
    private JsonText() {}

    /** The tree as one line. */
    public static byte[] write(Tree tree) {
        return write(tree.fields());
    }

    /** Fields as one line; a null value is written as such, as patches need it (RFC 7396). */
    public static byte[] write(Map<String, ? extends @Nullable Object> fields) {
        return object(fields).toCompactString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads one object.
     *
     * @param source the name used in problems
     * @throws InvalidObjectException when it is not one JSON object within the bounds
     */
    public static Tree parse(String source, byte[] json) throws InvalidObjectException {
        if (json.length > YamlDocument.MAX_CHARACTERS) {
            throw invalid(source, "", "is larger than " + YamlDocument.MAX_CHARACTERS + " octets");
        }
        return parseAnyLength(source, json);
    }

    /** As {@link #parse}, of any length: for answers that hold many objects. */
    public static Tree parseAnyLength(String source, byte[] json) throws InvalidObjectException {
        try {
            return new Tree(fields(source, Place.ROOT, JsonParser.parseObject(json), 1));
        } catch (JsonException e) {
            throw invalid(source, "", String.valueOf(e.getMessage()));
        }
    }

    /**
     * Where a value stands, put into words only when something is wrong with it.
     *
     * @param step the name of a field, or the number of an element
     */
    private record Place(@Nullable Place outer, String step) {
        static final Place ROOT = new Place(null, "");

        Place field(String name) {
            return new Place(this, name);
        }

        Place element(int number) {
            return new Place(this, "[" + number + "]");
        }

        @Override
        public String toString() {
            String before = outer == null ? "" : outer.toString();
            return before.isEmpty() || step.startsWith("[") ? before + step : before + "." + step;
        }
    }

    private static Map<String, Object> fields(
            String source, Place place, JsonObject object, int depth)
            throws InvalidObjectException {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (JsonMember member : object.members()) {
            Place child = place.field(member.name());
            Object value = value(source, child, member.value(), depth);
            if (value != null && fields.put(member.name(), value) != null) {
                throw invalid(source, child.toString(), "is there twice");
            }
        }
        return fields;
    }

    private static @Nullable Object value(String source, Place place, JsonValue value, int depth)
            throws InvalidObjectException {
        if (depth >= YamlDocument.MAX_DEPTH) {
            throw invalid(source, "", "has more than " + YamlDocument.MAX_DEPTH + " levels");
        }
        return switch (value) {
            case JsonNull nothing -> null;
            case JsonString(var text) -> text;
            case JsonBoolean flag -> flag.value();
            case JsonNumber number -> number(source, place, number);
            case JsonObject object -> fields(source, place, object, depth + 1);
            case JsonArray(var values) -> {
                List<Object> elements = new ArrayList<>(values.size());
                for (JsonValue element : values) {
                    Place child = place.element(elements.size());
                    Object read = value(source, child, element, depth + 1);
                    if (read == null) {
                        throw invalid(source, child.toString(), "an element must not be null");
                    }
                    elements.add(read);
                }
                yield elements;
            }
        };
    }

    private static Object number(String source, Place place, JsonNumber number)
            throws InvalidObjectException {
        OptionalLong whole = number.asLong();
        if (whole.isPresent()) {
            return whole.getAsLong();
        }
        double value = Double.parseDouble(number.literal());
        if (!Double.isFinite(value)) {
            throw invalid(source, place.toString(), "'" + number + "' is not a number we can hold");
        }
        return value;
    }

    private static InvalidObjectException invalid(String source, String path, String message) {
        return new InvalidObjectException(List.of(new Problem(source, 0, path, message)));
    }

    private static JsonObject object(Map<?, ?> fields) {
        List<JsonMember> members = new ArrayList<>();
        fields.forEach(
                (name, value) -> members.add(new JsonMember(String.valueOf(name), json(value))));
        return new JsonObject(members);
    }

    private static JsonValue json(@Nullable Object value) {
        return switch (value) {
            case null -> JsonNull.NULL;
            case Map<?, ?> map -> object(map);
            case List<?> list -> new JsonArray(list.stream().map(JsonText::json).toList());
            case Boolean flag -> JsonBoolean.of(flag);
            case Number number -> new JsonNumber(number.toString());
            default -> new JsonString(value.toString());
        };
    }
}
