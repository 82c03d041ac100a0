package dev.kakehashi.store.kubernetes;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a manager sends to have an object changed by server-side apply: all it owns of it, with the
 * changes, and nothing of anybody else. What it owned and does not send goes. Pure.
 */
final class ApplyConfiguration {
    /** Lists whose elements have owners of their own, and the field that tells them apart. */
    private static final Map<String, String> KEYED = Map.of("/status/conditions", "type");

    private static final String ADDRESSES = "/status/" + ManagedFields.ADDRESSES;

    private boolean possible = true;

    private ApplyConfiguration() {}

    /**
     * The configuration that turns {@code before} into {@code after}.
     *
     * @param ours what the manager has applied
     * @param others what it cannot take away by applying less: what others own, or own too
     * @return empty when it cannot be had by applying: something must go that is not ours alone
     */
    static Optional<Map<String, Object>> of(
            Map<?, ?> before, Map<?, ?> after, FieldSet ours, FieldSet others) {
        ApplyConfiguration configuration = new ApplyConfiguration();
        Map<String, Object> fields = configuration.fields("", before, after, ours, others);
        return configuration.possible ? Optional.of(fields) : Optional.empty();
    }

    private Map<String, Object> fields(
            String path, Map<?, ?> before, Map<?, ?> after, FieldSet ours, FieldSet others) {
        boolean less = false;
        for (Map.Entry<?, ?> field : before.entrySet()) {
            String name = field.getKey() + "";
            if (after.get(name) == null) {
                take(goes(field.getValue(), ours.field(name), others.field(name)));
                less = true;
            }
        }
        Map<String, Object> sent = new LinkedHashMap<>();
        after.forEach((name, value) -> {
            FieldSet mine = ours.field(name + "");
            value(path + "/" + name, before.get(name), value, mine, others.field(name + ""))
                    .ifPresent(part -> sent.put(name + "", part));
        });
        keep(less || !ours.isNothing(), sent.isEmpty(), after.isEmpty(), others);
        return sent;
    }

    /**
     * What holds nothing any more that anybody owns is taken away with all that is in it, also what
     * nobody owns (structured-merge-diff, {@code Updater.prune}).
     */
    private void keep(boolean owned, boolean nothingSent, boolean empty, FieldSet others) {
        take(!(owned && nothingSent && !empty && others.isNothing()));
    }

    private void take(boolean may) {
        possible &= may;
    }

    private Optional<Object> value(
            String path, @Nullable Object old, Object value, FieldSet ours, FieldSet others) {
        boolean same = value.equals(old);
        if (path.equals(ADDRESSES)) {
            take(same);
            return Optional.empty();
        }
        if (value instanceof Map<?, ?> to) {
            Map<?, ?> from = old instanceof Map<?, ?> map ? map : Map.of();
            Map<String, Object> sent = fields(path, from, to, ours, others);
            return sent.isEmpty() && (same || !to.isEmpty()) && !ours.whole()
                    ? Optional.empty()
                    : Optional.of(sent);
        }
        if (value instanceof List<?> to) {
            List<?> from = old instanceof List<?> list ? list : List.of();
            String key = KEYED.get(path);
            return key == null
                    ? list(from, to, ours, others)
                    : Optional.of(elements(path, key, from, to, ours, others))
                            .filter(sent -> !sent.isEmpty())
                            .map(sent -> sent);
        }
        return same && ours.isNothing() ? Optional.empty() : Optional.of(value);
    }

    /** A list that changes as a whole, unless its elements have owners (a set of values). */
    private Optional<Object> list(List<?> from, List<?> to, FieldSet ours, FieldSet others) {
        if (!to.equals(from)) {
            take(!others.isSplit());
            return Optional.of(to);
        }
        if (!ours.isSplit()) {
            return ours.isNothing() ? Optional.empty() : Optional.of(to);
        }
        List<Object> mine = new ArrayList<>();
        for (Object element : to) {
            if (ours.holdsValue(element)
                    || (element instanceof Map<?, ?> map && !ours.element(map).isNothing())) {
                mine.add(element);
            }
        }
        return mine.isEmpty() ? Optional.empty() : Optional.of(mine);
    }

    private List<Object> elements(
            String path, String key, List<?> from, List<?> to, FieldSet ours, FieldSet others) {
        List<Object> sent = new ArrayList<>();
        for (Object element : to) {
            Map<String, Object> after = FieldSet.map(element);
            Map<?, ?> before = find(from, key, after.get(key));
            FieldSet mine = ours.element(after);
            Map<String, Object> part =
                    fields(path + "/*", before, after, mine, others.element(after));
            if (!part.isEmpty()) {
                Map<String, Object> keyed = new LinkedHashMap<>();
                keyed.put(key, String.valueOf(after.get(key)));
                keyed.putAll(part);
                sent.add(keyed);
            }
        }
        for (Object element : from) {
            Map<String, Object> old = FieldSet.map(element);
            if (find(to, key, old.get(key)).isEmpty()) {
                take(
                        others.element(old).isNothing()
                                && goes(old, ours.element(old), FieldSet.NOTHING));
            }
        }
        keep(!ours.isNothing(), sent.isEmpty(), to.isEmpty(), others);
        return sent;
    }

    private static Map<?, ?> find(List<?> list, String key, @Nullable Object value) {
        return list.stream()
                .map(FieldSet::map)
                .filter(element -> value != null && value.equals(element.get(key)))
                .findFirst()
                .orElse(Map.of());
    }

    /** Whether something goes when its owner no longer applies it. */
    private static boolean goes(Object old, FieldSet ours, FieldSet others) {
        if (old instanceof Map<?, ?> fields && !ours.whole()) {
            return fields.entrySet().stream()
                    .allMatch(field ->
                            goes(
                                    field.getValue(),
                                    ours.field(field.getKey() + ""),
                                    others.field(field.getKey() + "")));
        }
        return !ours.isNothing() && others.isNothing();
    }
}
