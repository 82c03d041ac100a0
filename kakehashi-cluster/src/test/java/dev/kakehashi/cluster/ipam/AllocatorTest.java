package dev.kakehashi.cluster.ipam;

import static dev.kakehashi.cluster.ipam.SmallPools.block;
import static dev.kakehashi.cluster.ipam.SmallPools.ledger;
import static dev.kakehashi.cluster.ipam.SmallPools.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

class AllocatorTest {
    private static final IpPrefix BLOCK = IpPrefix.parse("10.0.0.8/29");

    private static Ledger give(Ledger ledger, String container, long now) throws Exception {
        return Allocator.give(
                ledger, "a", AddressRequest.of(container, "eth0"), now, Instant.EPOCH);
    }

    private static List<String> of(Ledger ledger, String container) {
        return ledger.of(container, "eth0").stream()
                .map(given -> IpAddresses.format(given.allocation().address()))
                .toList();
    }

    @Test
    void addressesOfABlock_areGivenInTurnWithoutThoseOfTheLink() throws Exception {
        Ledger ledger = ledger(pool("p", "10.0.0.0/24"), BLOCK);
        List<String> given = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ledger = give(ledger, "c" + i, 0);
            given.addAll(of(ledger, "c" + i));
        }

        assertThat(given)
                .containsExactly("10.0.0.10", "10.0.0.11", "10.0.0.12", "10.0.0.13", "10.0.0.14");
        Ledger full = ledger;
        assertThatThrownBy(() -> give(full, "more", 0))
                .isInstanceOf(AddressesExhaustedException.class)
                .hasMessage(
                        "this node has no free address: pool p (10.0.0.0/24): 1 block /29 of this"
                                + " node with 5 addresses, 5 in use, 0 resting after use; another"
                                + " one is being claimed, or all of the pool are: delete pods or"
                                + " add an IPPool");
    }

    @Test
    void sameAttachmentAgain_getsWhatItHas() throws Exception {
        Ledger once = give(ledger(pool("p", "10.0.0.0/24"), BLOCK), "c", 0);

        assertThat(give(once, "c", 0)).isEqualTo(once);
    }

    @Test
    void anAddressThatWasTakenBack_restsBeforeItIsGivenAgain() throws Exception {
        Ledger ledger = ledger(pool("p", "10.0.0.0/24", "10.0.0.11/32", "10.0.0.12/30"), BLOCK);
        Ledger one = give(ledger, "c", 1000);
        assertThat(of(one, "c")).containsExactly("10.0.0.10");
        Ledger back =
                one.takenBack(List.of(one.of("c", "eth0").getFirst().allocation().handle()), 2000);

        assertThatThrownBy(() -> give(back, "d", 2000 + Allocator.COOL_DOWN_MILLIS - 1))
                .hasMessageContaining("1 resting after use");
        assertThat(of(give(back, "d", 2000 + Allocator.COOL_DOWN_MILLIS), "d"))
                .containsExactly("10.0.0.10");
    }

    @Test
    void aHandleOfAnEarlierGeneration_takesNothingBack() throws Exception {
        Ledger first = give(ledger(pool("p", "10.0.0.0/24"), BLOCK), "c", 0);
        var old = first.of("c", "eth0").getFirst().allocation().handle();
        Ledger second = give(first.takenBack(List.of(old), 0), "c", 0);

        assertThat(second.takenBack(List.of(old), 0).given()).isEqualTo(second.given());
        assertThat(second.of("c", "eth0").getFirst().allocation().handle().generation())
                .isEqualTo(2);
    }

    @Test
    void rightRunOut_nothingIsGivenAndTheReasonIsTold() {
        Ledger ledger = ledger(pool("p", "10.0.0.0/24"));
        Ledger expired = ledger.with(HeldBlock.own(BLOCK, "p", 5000));

        assertThatThrownBy(() -> give(expired, "c", 5000))
                .isInstanceOf(AddressesExhaustedException.class)
                .hasMessageContaining("the right to use 1 of them without the store has run out");
        assertThatThrownBy(() -> give(Ledger.of("boot"), "c", 0))
                .isInstanceOf(AddressesExhaustedException.class)
                .hasMessageContaining("node a knows no pool yet");
    }

    @Test
    void bothFamilies_eachGivesAnAddressOrNoneDoes() throws Exception {
        PoolRules v4 = pool("four", "10.0.0.0/24");
        PoolRules v6 = pool("six", "fd00::/64");
        IpPrefix block6 = IpPrefix.parse("fd00::8/125");
        Ledger four = ledger(v4, BLOCK).withPools(List.of(v4, v6));
        Ledger both = four.with(block("six", block6));

        assertThat(of(give(both, "c", 0), "c")).containsExactly("10.0.0.10", "fd00::a");
        assertThatThrownBy(() -> give(four, "c", 0))
                .isInstanceOf(AddressesExhaustedException.class)
                .hasMessageContaining("pool six");
    }
}
