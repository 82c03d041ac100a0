package dev.kakehashi.store.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

class MergePatchTest {
    @Test
    void equalObjects_needNoPatch() {
        Map<String, Object> object = Map.of("a", Map.of("b", List.of(1L)), "c", "d");

        assertThat(MergePatch.of(object, object)).isEmpty();
        assertThat(MergePatch.of(Map.of("spec", Map.of()), Map.of())).isEmpty();
    }

    @Test
    void whatChanged_isThere_andWhatIsGoneIsNull() {
        Map<String, @Nullable Object> inner = new HashMap<>();
        inner.put("gone", null);
        inner.put("list", List.of("y", "z"));

        assertThat(
                        MergePatch.of(
                                Map.of("m", Map.of("gone", 1L, "same", 2L, "list", List.of("x"))),
                                Map.of(
                                        "m",
                                        Map.of("same", 2L, "list", List.of("y", "z")),
                                        "n",
                                        true)))
                .isEqualTo(Map.of("m", inner, "n", true));
    }
}
