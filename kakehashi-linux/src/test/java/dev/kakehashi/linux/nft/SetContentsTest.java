package dev.kakehashi.linux.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

class SetContentsTest {
    private static final NftSet NODES = NftSet.set("nodes", DataType.IPV4_ADDR);

    private static Element element(int number) {
        return Element.of(Value.be32(number));
    }

    @Test
    void whatComesAndGoes_givesWhatAllAtOnceWouldBe() {
        RandomGenerator random = Seeds.random();
        Map<Value, Element> all = new TreeMap<>();
        SetContents contents = new SetContents(NODES, List.of());
        for (int round = 0; round < 300; round++) {
            Map<Value, Element> some = new TreeMap<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                Element element = element(random.nextInt() >> 24); // also those above 2^31
                some.put(element.key(), element);
            }
            if (random.nextBoolean()) {
                some.keySet().removeAll(all.keySet());
                List<Element> more = new ArrayList<>(some.values());
                Collections.shuffle(more, random);
                contents = contents.with(more);
                all.putAll(some);
            } else {
                contents = contents.without(some.values());
                all.keySet().removeAll(some.keySet());
            }
            assertThat(contents.elements()).containsExactlyElementsOf(all.values());
            assertThat(contents)
                    .isEqualTo(new SetContents(NODES, List.copyOf(all.values()).reversed()));
        }
    }

    @Test
    void keyThatIsThere_isRefused() {
        SetContents contents = new SetContents(NODES, List.of(element(1), element(2), element(3)));
        for (int there = 1; there <= 3; there++) {
            Element again = element(there).comment("again");
            assertThatThrownBy(() -> contents.with(List.of(again)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "the set nodes has two elements with the key 0x0000000"
                                    + again.key().bigEndian());
        }
    }

    @Test
    void rangeThatBeginsWhereAnotherDoes_isRefused() {
        SetContents contents =
                new SetContents(
                        NODES.flags(SetFlag.INTERVAL),
                        List.of(Element.range(Value.be32(2), Value.be32(6))));
        for (int last : new int[] {4, 8}) {
            Element range = Element.range(Value.be32(2), Value.be32(last));
            assertThatThrownBy(() -> contents.with(List.of(range)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("two elements with the key");
        }
    }

    @Test
    void elementOfAnotherShape_isRefused() {
        SetContents contents = new SetContents(NODES, List.of(element(1)));
        Element port = Element.of(Value.be16(80));
        assertThatThrownBy(() -> contents.with(List.of(port)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 4 bytes, not 2");
    }

    @Test
    void elementsOfAnotherSet_areLookedAtAgain() {
        List<Element> ranges =
                new SetContents(
                                NODES.flags(SetFlag.INTERVAL),
                                List.of(Element.range(Value.be32(1), Value.be32(9))))
                        .elements();
        assertThatThrownBy(() -> new SetContents(NODES, ranges))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("takes no ranges");
    }
}
