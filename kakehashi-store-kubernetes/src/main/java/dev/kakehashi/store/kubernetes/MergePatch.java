package dev.kakehashi.store.kubernetes;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The difference of two objects as a JSON merge patch (RFC 7396), for what cannot be applied: only
 * what we change is sent, so that fields which we do not keep in memory stay as they are.
 */
final class MergePatch {
    private MergePatch() {}

    /** The patch that turns {@code before} into {@code after}; a null value removes its field. */
    static Map<String, @Nullable Object> of(Map<?, ?> before, Map<?, ?> after) {
        Map<String, @Nullable Object> patch = new LinkedHashMap<>();
        before.forEach((name, old) -> {
            boolean nothing = old instanceof Map<?, ?> map && map.isEmpty();
            if (after.get(name) == null && !nothing) {
                patch.put(String.valueOf(name), null);
            }
        });
        after.forEach((name, value) -> {
            Object old = before.get(name);
            if (old instanceof Map<?, ?> from && value instanceof Map<?, ?> to) {
                Map<String, @Nullable Object> inner = of(from, to);
                if (!inner.isEmpty()) {
                    patch.put(String.valueOf(name), inner);
                }
            } else if (!value.equals(old)) {
                patch.put(String.valueOf(name), value);
            }
        });
        return patch;
    }
}
