package dev.kakehashi.cluster;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Chooses objects by their labels (Kubernetes LabelSelector, meta/v1): all of {@code matchLabels}
 * and all of {@code matchExpressions} must hold.
 *
 * @param labels values that labels must have
 * @param expressions further conditions
 */
public record LabelSelector(Map<String, String> labels, List<Expression> expressions) {
    /** What an expression asks of a label. */
    public enum Operator {
        /** Its value is one of those listed. */
        IN("In"),
        /** It is absent or has none of the values listed. */
        NOT_IN("NotIn"),
        /** It is there. */
        EXISTS("Exists"),
        /** It is absent. */
        DOES_NOT_EXIST("DoesNotExist");

        private final String text;

        Operator(String text) {
            this.text = text;
        }

        /** As it is written in YAML. */
        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * One condition.
     *
     * @param key the label
     * @param operator what is asked
     * @param values of {@code In} and {@code NotIn}
     */
    public record Expression(String key, Operator operator, List<String> values) {
        /** Copies the values. */
        public Expression {
            values = List.copyOf(values);
        }

        boolean matches(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
            };
        }
    }

    private static final LabelSelector EVERYTHING = new LabelSelector(Map.of(), List.of());

    /** Copies both. */
    public LabelSelector {
        labels = Map.copyOf(labels);
        expressions = List.copyOf(expressions);
    }

    /** Selects every object: what an empty selector means in Kubernetes. */
    public static LabelSelector everything() {
        return EVERYTHING;
    }

    /** Whether it selects every object. */
    public boolean isEverything() {
        return labels.isEmpty() && expressions.isEmpty();
    }

    /** Whether an object with these labels is selected. */
    public boolean matches(Map<String, String> of) {
        for (var wanted : labels.entrySet()) {
            if (!wanted.getValue().equals(of.get(wanted.getKey()))) {
                return false;
            }
        }
        for (Expression expression : expressions) {
            if (!expression.matches(of)) {
                return false;
            }
        }
        return true;
    }

    /** The labels that it asks about. */
    public Set<String> keys() {
        Set<String> keys = new TreeSet<>(labels.keySet());
        expressions.forEach(expression -> keys.add(expression.key()));
        return keys;
    }

    /** The labels of an object as it was read; empty when it has none. */
    public static Map<String, String> labelsOf(ClusterObject object) {
        Map<String, String> labels = new LinkedHashMap<>();
        if (object.origin().fields().get("metadata") instanceof Map<?, ?> metadata
                && metadata.get("labels") instanceof Map<?, ?> map) {
            map.forEach((key, value) -> labels.put(String.valueOf(key), String.valueOf(value)));
        }
        return labels;
    }
}
