package dev.kakehashi.plugins.peers;

import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What was seen of one side: things, such as a link or a result, and their fields as texts. */
final class Facts {

    /** Stands for something that one side lacks. */
    static final String ABSENT = "–";

    /**
     * A field in which two sides differ, or a thing that only one has.
     *
     * @param path {@code THING · FIELD}, or the thing alone
     */
    record Unequal(String path, String theirs, String ours) {}

    private final SortedMap<String, SortedMap<String, String>> things = new TreeMap<>();

    void put(String thing, String field, Object value) {
        things.computeIfAbsent(thing, _ -> new TreeMap<>()).put(field, String.valueOf(value));
    }

    /** The fields of a JSON value. */
    void put(String thing, String field, JsonValue value) {
        switch (value) {
            case JsonObject object -> {
                for (JsonMember member : object.members()) {
                    String separator = field.isEmpty() ? "" : "/";
                    put(thing, field + separator + member.name(), member.value());
                }
            }
            case JsonArray array -> {
                for (int i = 0; i < array.values().size(); i++) {
                    put(thing, field + "[" + i + "]", array.values().get(i));
                }
            }
            case JsonString string -> put(thing, field, (Object) string.value());
            default -> put(thing, field, (Object) value.toCompactString());
        }
    }

    String get(String thing, String field) {
        return fields(thing).getOrDefault(field, ABSENT);
    }

    private SortedMap<String, String> fields(String thing) {
        return things.getOrDefault(thing, new TreeMap<>());
    }

    /** Where the other side, ours, differs from this one. */
    List<Unequal> compare(Facts ours) {
        List<Unequal> unequal = new ArrayList<>();
        TreeSet<String> all = new TreeSet<>(things.keySet());
        all.addAll(ours.things.keySet());
        for (String thing : all) {
            if (!things.containsKey(thing)) {
                unequal.add(new Unequal(thing, ABSENT, "present"));
            } else if (!ours.things.containsKey(thing)) {
                unequal.add(new Unequal(thing, "present", ABSENT));
            } else {
                compare(thing, ours, unequal);
            }
        }
        return unequal;
    }

    private void compare(String thing, Facts ours, List<Unequal> unequal) {
        TreeSet<String> fields = new TreeSet<>(fields(thing).keySet());
        fields.addAll(ours.fields(thing).keySet());
        for (String field : fields) {
            if (!get(thing, field).equals(ours.get(thing, field))) {
                unequal.add(
                        new Unequal(
                                thing + " · " + field, get(thing, field), ours.get(thing, field)));
            }
        }
    }
}
