package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.expr.Value;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.stream.IntStream;

class NftTableDiffTest {

    private static List<Element> elements(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> Element.of(Value.be32(i))).toList();
    }

    @Test
    void without_keepsTheOrderAndWhatOthersLack() {
        assertThat(NftTableDiff.without(elements(0, 5), elements(1, 4)))
                .containsExactlyElementsOf(
                        List.of(Element.of(Value.be32(0)), Element.of(Value.be32(4))));
        assertThat(NftTableDiff.without(elements(0, 5), elements(0, 5))).isEmpty();
        assertThat(NftTableDiff.without(elements(0, 1), List.of())).hasSize(1);
    }

    /** Compared one by one it takes minutes: all nodes of a cluster are in one set. */
    @Test
    @Timeout(10)
    void without_ofManyElements_doesNotCompareEachWithEach() {
        assertThat(NftTableDiff.without(elements(0, 300_000), elements(1, 300_001)))
                .containsExactly(Element.of(Value.be32(0)));
    }
}
