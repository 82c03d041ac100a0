package dev.kakehashi.cni.json;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A JSON object. Members keep the order and the spelling they were written in, duplicates included.
 *
 * <p>Reading follows Go's encoding/json, on which existing configurations rely: names match without
 * regard to case, the last of several wins, and null is the same as absent. A value of another kind
 * than asked for is an error.
 *
 * @param members names and values in the order written
 */
public record JsonObject(List<JsonMember> members) implements JsonValue {
    /** The object without members. */
    public static final JsonObject EMPTY = new JsonObject(List.of());

    /** Copies the list unless it is immutable already. */
    public JsonObject {
        members = List.copyOf(members);
    }

    /** Starts a new object. */
    public static Builder builder() {
        return new Builder();
    }

    /** The last non-null value whose name matches without regard to case. */
    public Optional<JsonValue> find(String name) {
        for (int i = members.size() - 1; i >= 0; i--) {
            JsonMember member = members.get(i);
            if (member.name().equalsIgnoreCase(name) && member.value() != JsonNull.NULL) {
                return Optional.of(member.value());
            }
        }
        return Optional.empty();
    }

    /** The last value, null included, whose name is spelled exactly so. */
    public Optional<JsonValue> exact(String name) {
        for (int i = members.size() - 1; i >= 0; i--) {
            if (members.get(i).name().equals(name)) {
                return Optional.of(members.get(i).value());
            }
        }
        return Optional.empty();
    }

    /** Whether {@link #find} finds a value. */
    public boolean has(String name) {
        return find(name).isPresent();
    }

    /** Whether the object has no members. */
    public boolean isEmpty() {
        return members.isEmpty();
    }

    /**
     * The string of this name.
     *
     * @throws JsonException when another kind of value stands there
     */
    public Optional<String> string(String name) throws JsonException {
        Optional<JsonValue> value = find(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get() instanceof JsonString string) {
            return Optional.of(string.value());
        }
        throw wrongKind(name, "a string", value.get());
    }

    /** The string of this name, or a default. */
    public String string(String name, String absent) throws JsonException {
        Optional<String> value = string(name);
        return value.isPresent() ? value.get() : absent;
    }

    /**
     * The boolean of this name, or a default.
     *
     * @throws JsonException when another kind of value stands there
     */
    public boolean bool(String name, boolean absent) throws JsonException {
        Optional<JsonValue> value = find(name);
        if (value.isEmpty()) {
            return absent;
        }
        if (value.get() instanceof JsonBoolean bool) {
            return bool.value();
        }
        throw wrongKind(name, "true or false", value.get());
    }

    /**
     * The whole number of this name.
     *
     * @throws JsonException when another kind of value stands there, or a number with a fraction,
     *     an exponent or beyond 64 bits
     */
    public OptionalLong integer(String name) throws JsonException {
        Optional<JsonValue> value = find(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (value.get() instanceof JsonNumber number && number.asLong().isPresent()) {
            return number.asLong();
        }
        throw wrongKind(name, "a whole number", value.get());
    }

    /**
     * The whole number of this name, or a default.
     *
     * @throws JsonException as {@link #integer(String)}, and when the number does not fit 32 bits
     */
    public int integer(String name, int absent) throws JsonException {
        OptionalLong value = integer(name);
        if (value.isEmpty()) {
            return absent;
        }
        long number = value.getAsLong();
        if (number < Integer.MIN_VALUE || number > Integer.MAX_VALUE) {
            throw new JsonException("\"" + name + "\" is out of range: " + number);
        }
        return (int) number;
    }

    /**
     * The object of this name.
     *
     * @throws JsonException when another kind of value stands there
     */
    public Optional<JsonObject> object(String name) throws JsonException {
        Optional<JsonValue> value = find(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get() instanceof JsonObject object) {
            return Optional.of(object);
        }
        throw wrongKind(name, "an object", value.get());
    }

    /**
     * The elements of the array of this name; an absent array has none.
     *
     * @throws JsonException when another kind of value stands there
     */
    public List<JsonValue> array(String name) throws JsonException {
        Optional<JsonValue> value = find(name);
        if (value.isEmpty()) {
            return List.of();
        }
        if (value.get() instanceof JsonArray array) {
            return array.values();
        }
        throw wrongKind(name, "an array", value.get());
    }

    /**
     * The objects in the array of this name; an absent array has none.
     *
     * @throws JsonException when another kind of value stands there or in the array
     */
    public List<JsonObject> objects(String name) throws JsonException {
        List<JsonValue> values = array(name);
        List<JsonObject> objects = new ArrayList<>(values.size());
        for (JsonValue value : values) {
            if (!(value instanceof JsonObject object)) {
                throw wrongKind(name + "[" + objects.size() + "]", "an object", value);
            }
            objects.add(object);
        }
        return objects;
    }

    /**
     * The strings in the array of this name; an absent array has none.
     *
     * @throws JsonException when another kind of value stands there or in the array
     */
    public List<String> strings(String name) throws JsonException {
        List<JsonValue> values = array(name);
        List<String> strings = new ArrayList<>(values.size());
        for (JsonValue value : values) {
            if (!(value instanceof JsonString string)) {
                throw wrongKind(name + "[" + strings.size() + "]", "a string", value);
            }
            strings.add(string.value());
        }
        return strings;
    }

    /** The names that occur more than once, spelled exactly alike, each once. */
    public List<String> duplicateNames() {
        List<String> duplicates = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            String name = members.get(i).name();
            for (int j = 0; j < i; j++) {
                if (members.get(j).name().equals(name)) {
                    if (!duplicates.contains(name)) {
                        duplicates.add(name);
                    }
                    break;
                }
            }
        }
        return duplicates;
    }

    /**
     * This object with the value under this name and under no other spelling of it; a new name goes
     * to the end.
     */
    public JsonObject with(String name, JsonValue value) {
        List<JsonMember> changed = new ArrayList<>(members.size() + 1);
        boolean placed = false;
        for (JsonMember member : members) {
            if (!member.name().equalsIgnoreCase(name)) {
                changed.add(member);
            } else if (!placed) {
                changed.add(new JsonMember(name, value));
                placed = true;
            }
        }
        if (!placed) {
            changed.add(new JsonMember(name, value));
        }
        return new JsonObject(changed);
    }

    /** This object without members of this name, however spelled. */
    public JsonObject without(String name) {
        List<JsonMember> kept = new ArrayList<>(members.size());
        for (JsonMember member : members) {
            if (!member.name().equalsIgnoreCase(name)) {
                kept.add(member);
            }
        }
        return kept.size() == members.size() ? this : new JsonObject(kept);
    }

    /**
     * This object with its members in the order of their names, objects inside likewise: as Go
     * writes a map.
     */
    public JsonObject sorted() {
        List<JsonMember> sorted = new ArrayList<>(members.size());
        for (JsonMember member : members) {
            sorted.add(new JsonMember(member.name(), sorted(member.value())));
        }
        sorted.sort(Comparator.comparing(JsonMember::name));
        return new JsonObject(sorted);
    }

    private static JsonValue sorted(JsonValue value) {
        return switch (value) {
            case JsonObject object -> object.sorted();
            case JsonArray array -> {
                List<JsonValue> values = new ArrayList<>(array.values().size());
                for (JsonValue element : array.values()) {
                    values.add(sorted(element));
                }
                yield new JsonArray(values);
            }
            default -> value;
        };
    }

    private static JsonException wrongKind(String name, String wanted, JsonValue found) {
        boolean scalar = !(found instanceof JsonObject) && !(found instanceof JsonArray);
        return new JsonException(
                "\""
                        + name
                        + "\" must be "
                        + wanted
                        + ", not "
                        + found.kind()
                        + (scalar && found != JsonNull.NULL
                                ? " (" + found.toCompactString() + ")"
                                : ""));
    }

    @Override
    public String kind() {
        return "an object";
    }

    @Override
    public String toString() {
        return toCompactString();
    }

    /** Collects members in order. */
    public static final class Builder {
        private final List<JsonMember> members = new ArrayList<>();

        private Builder() {}

        /** Adds a member. */
        public Builder put(String name, JsonValue value) {
            members.add(new JsonMember(name, value));
            return this;
        }

        /** Adds a string. */
        public Builder put(String name, String value) {
            return put(name, new JsonString(value));
        }

        /** Adds a whole number. */
        public Builder put(String name, long value) {
            return put(name, JsonNumber.of(value));
        }

        /** Adds a boolean. */
        public Builder put(String name, boolean value) {
            return put(name, JsonBoolean.of(value));
        }

        /** Adds an array of strings. */
        public Builder put(String name, List<String> value) {
            return put(name, JsonArray.ofStrings(value));
        }

        /** Adds a string unless it is empty. */
        public Builder putUnlessEmpty(String name, String value) {
            return value.isEmpty() ? this : put(name, value);
        }

        /** Adds an array of strings unless it is empty. */
        public Builder putUnlessEmpty(String name, List<String> value) {
            return value.isEmpty() ? this : put(name, value);
        }

        /** Adds a number unless it is zero. */
        public Builder putUnlessZero(String name, long value) {
            return value == 0 ? this : put(name, value);
        }

        /** The object of what was added. */
        public JsonObject build() {
            return new JsonObject(members);
        }
    }
}
