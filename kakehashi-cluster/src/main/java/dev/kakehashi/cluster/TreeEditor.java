package dev.kakehashi.cluster;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Sets fields of a tree in place, leaving what it is not told about. */
final class TreeEditor {
    private final Map<String, Object> fields;

    TreeEditor(Tree tree) {
        this(tree.editable());
    }

    private TreeEditor(Map<String, Object> fields) {
        this.fields = fields;
    }

    Tree toTree() {
        return new Tree(fields);
    }

    void set(String name, Object value) {
        fields.put(name, value);
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    boolean holds(String name, @Nullable Object value) {
        return Objects.equals(fields.get(name), value);
    }

    void remove(String name) {
        fields.remove(name);
    }

    /**
     * Sets a field that is absent when it has its default: a default is not written unless it was
     * there before.
     */
    void setUnlessDefault(String name, Object value, Object byDefault) {
        if (fields.containsKey(name) || !value.equals(byDefault)) {
            fields.put(name, value);
        }
    }

    /** Sets a list or mapping, or removes the field when it is empty. */
    void setUnlessEmpty(String name, Object value) {
        boolean empty =
                switch (value) {
                    case List<?> list -> list.isEmpty();
                    case Map<?, ?> map -> map.isEmpty();
                    default -> value.toString().isEmpty();
                };
        if (empty) {
            fields.remove(name);
        } else {
            fields.put(name, value);
        }
    }

    /** The mapping in a field, made when it is absent or something else. */
    TreeEditor section(String name) {
        if (!(fields.get(name) instanceof Map<?, ?>)) {
            fields.put(name, new LinkedHashMap<String, Object>());
        }
        return new TreeEditor(asFields(fields.get(name)));
    }

    /** Removes a mapping that holds nothing. */
    void dropIfEmpty(String name) {
        if (fields.get(name) instanceof Map<?, ?> map && map.isEmpty()) {
            fields.remove(name);
        }
    }

    /**
     * Makes a field the list of mappings with these values of {@code key}, in this order. An
     * element that was there before keeps its other fields.
     */
    List<TreeEditor> elements(String name, String key, List<String> values) {
        List<Object> old = new ArrayList<>();
        if (fields.get(name) instanceof List<?> list) {
            old.addAll(list);
        }
        List<Object> elements = new ArrayList<>();
        List<TreeEditor> editors = new ArrayList<>();
        for (String value : values) {
            Map<String, Object> element = takeMatching(old, key, value);
            element.put(key, value);
            elements.add(element);
            editors.add(new TreeEditor(element));
        }
        setUnlessEmpty(name, elements);
        return editors;
    }

    private static Map<String, Object> takeMatching(
            List<Object> candidates, String key, String value) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i) instanceof Map<?, ?> map && value.equals(map.get(key))) {
                candidates.remove(i);
                return asFields(map);
            }
        }
        return new LinkedHashMap<>();
    }

    @SuppressWarnings("unchecked") // Tree.editable makes maps with string keys only
    private static Map<String, Object> asFields(Object map) {
        return (Map<String, Object>) map;
    }
}
