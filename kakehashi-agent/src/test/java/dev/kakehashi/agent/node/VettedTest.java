package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class VettedTest {
    private final Vetted<String, String> vetted = new Vetted<>();

    @Test
    void onlyWhatCame_isUnknown_untilItDependsOnSomethingElse() {
        assertThat(vetted.unknown("vxlan", List.of("a", "c"))).containsExactly("a", "c");
        vetted.holds("vxlan", List.of("a", "c"));
        assertThat(vetted.unknown("vxlan", List.of("a", "b", "c"))).containsExactly("b");
        assertThat(vetted.unknown("host-gw", List.of("a", "b", "c"))).hasSize(3);
    }

    @Test
    void afterItFailed_allAreUnknown() {
        vetted.holds("vxlan", List.of("a", "c"));
        vetted.fails();
        assertThat(vetted.unknown("vxlan", List.of("a", "c"))).containsExactly("a", "c");
    }
}
