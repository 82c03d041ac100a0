package dev.kakehashi.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An object as it was read: every field, also those this version does not know, in the order of the
 * source. Values are {@code Map<String, Object>}, {@code List<Object>}, {@code String}, {@code
 * Long}, {@code Double} or {@code Boolean}; a field whose value is null is absent, as the
 * Kubernetes API server treats it. Deeply immutable.
 *
 * <p>Keeping the tree beside the typed fields is what lets an older agent rewrite an object of a
 * newer one without losing what it does not understand.
 */
public record Tree(Map<String, Object> fields) {
    private static final Tree EMPTY = new Tree(Map.of());

    /** Copies {@code fields}; later changes of the argument are not seen. */
    public Tree {
        fields = FieldMap.of(fields, Tree::copyValue);
    }

    /** The tree without any field. */
    public static Tree empty() {
        return EMPTY;
    }

    /** A deep copy whose maps and lists may be changed. */
    Map<String, Object> editable() {
        return editableMap(fields);
    }

    private static Object copyValue(Object value) {
        return switch (value) {
            case Map<?, ?> map -> FieldMap.of(map, Tree::copyValue);
            case List<?> list -> list.stream().map(Tree::copyValue).toList();
            case Integer number -> (Object) number.longValue();
            default -> value;
        };
    }

    private static Map<String, Object> editableMap(Map<?, ?> source) {
        Map<String, Object> copy = new LinkedHashMap<>();
        source.forEach((key, value) -> copy.put(String.valueOf(key), editableValue(value)));
        return copy;
    }

    private static Object editableValue(Object value) {
        return switch (value) {
            case Map<?, ?> map -> editableMap(map);
            case List<?> list -> {
                List<Object> copy = new ArrayList<>();
                list.forEach(element -> copy.add(editableValue(element)));
                yield copy;
            }
            default -> value;
        };
    }
}
