package dev.kakehashi.linux.nft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Value;

import org.junit.jupiter.api.Test;

import java.util.List;

class ElementCodecTest {

    @Test
    void join_anElementThatAWalkMetTwice_isOne() {
        NftSet set = NftSet.set("s", DataType.INET_SERVICE);
        ElementCodec.Raw eighty = raw(80);
        assertThat(ElementCodec.join(set, List.of(eighty, raw(443), raw(80))).elements())
                .containsExactly(eighty.element(), raw(443).element());
    }

    private static ElementCodec.Raw raw(int port) {
        Value key = Value.be16(port);
        return new ElementCodec.Raw(Element.range(key, key), false);
    }
}
