package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.yaml.JsonText;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Fields of an object, as {@code FieldsV1} of Kubernetes writes them (structured-merge-diff, {@code
 * fieldpath}): {@code f:NAME} is a field, <code>k:{"KEY":…}</code> the element of a list with that
 * key, {@code v:VALUE} the element of a set, {@code .} the thing itself; an empty map is all that
 * is below.
 *
 * @param names the members as they are written; of {@link #WHOLE} none
 * @param whole whether all that is below belongs to it
 */
record FieldSet(Map<String, Object> names, boolean whole) {
    /** No field. */
    static final FieldSet NOTHING = new FieldSet(Map.of(), false);

    /** All that there is. */
    static final FieldSet WHOLE = new FieldSet(Map.of(), true);

    /** What the field {@code fieldsV1} says. */
    static FieldSet of(Object fieldsV1) {
        Map<String, Object> names = map(fieldsV1);
        return names.isEmpty() ? NOTHING : new FieldSet(names, false);
    }

    /** Whether no field is in it. */
    boolean isNothing() {
        return !whole && names.isEmpty();
    }

    /** Whether single members of the thing are named, not the thing as a whole. */
    boolean isSplit() {
        return names.keySet().stream().anyMatch(name -> !name.equals("."));
    }

    /** What is in it of one field. */
    FieldSet field(String name) {
        return whole ? WHOLE : member("f:" + name);
    }

    /** What is in it of one element of a list, known by its key. */
    FieldSet element(Map<?, ?> element) {
        if (whole) {
            return WHOLE;
        }
        return names.keySet().stream()
                .filter(name -> name.startsWith("k:") && isKeyOf(name.substring(2), element))
                .findFirst()
                .map(this::member)
                .orElse(NOTHING);
    }

    /** Whether it names an element of a set by its value. */
    boolean holdsValue(Object value) {
        return whole
                || names.keySet().stream()
                        .anyMatch(name ->
                                name.startsWith("v:")
                                        && parsed("{\"v\":" + name.substring(2) + "}")
                                                .equals(Map.of("v", value)));
    }

    private FieldSet member(String name) {
        Object below = names.get(name);
        if (below == null) {
            return NOTHING;
        }
        FieldSet member = of(below);
        return member.isNothing() ? WHOLE : member;
    }

    private static boolean isKeyOf(String json, Map<?, ?> element) {
        Map<String, Object> key = parsed(json);
        return !key.isEmpty()
                && key.entrySet().stream()
                        .allMatch(part -> part.getValue().equals(element.get(part.getKey())));
    }

    /** Empty when it is no object, which no field's name is. */
    private static Map<String, Object> parsed(String json) {
        try {
            return JsonText.parse("managedFields", json.getBytes(StandardCharsets.UTF_8)).fields();
        } catch (InvalidObjectException e) {
            return Map.of();
        }
    }

    /** The fields of either. */
    static Map<String, Object> union(Map<String, Object> one, Map<String, Object> other) {
        Map<String, Object> both = new LinkedHashMap<>(one);
        other.forEach((name, below) -> {
            Map<String, Object> here = map(both.get(name));
            boolean all = both.containsKey(name) && (here.isEmpty() || map(below).isEmpty());
            both.put(name, all ? Map.of() : union(here, map(below)));
        });
        return both;
    }

    @SuppressWarnings("unchecked") // trees hold string keys only (Tree)
    static Map<String, Object> map(@org.jspecify.annotations.Nullable Object value) {
        return value instanceof Map<?, ?> ? (Map<String, Object>) value : Map.of();
    }
}
