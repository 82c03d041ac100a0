package dev.kakehashi.cluster.ipam;

import static dev.kakehashi.cluster.ipam.SmallPools.block;
import static dev.kakehashi.cluster.ipam.SmallPools.ledger;
import static dev.kakehashi.cluster.ipam.SmallPools.only;
import static dev.kakehashi.cluster.ipam.SmallPools.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

class FixedAddressesTest {
    private static final IpPrefix BLOCK = IpPrefix.parse("10.0.0.8/29");
    private static final PoolRules PODS = pool("pods", "10.0.0.0/24");
    private static final Ledger HELD = held(PODS);

    /** A ledger of these pools with a block of the first one. */
    private static Ledger held(PoolRules... pools) {
        return ledger(pools[0], BLOCK).withPools(List.of(pools));
    }

    private static AddressRequest request(String container, String... addresses) {
        return new AddressRequest(
                container,
                "eth0",
                Map.of(),
                "shop",
                List.of(),
                List.of(),
                Arrays.stream(addresses).map(IpAddresses::parse).toList());
    }

    private static Ledger give(Ledger ledger, String... addresses) throws Exception {
        return Allocator.give(ledger, "a", request("c", addresses), 0, Instant.EPOCH);
    }

    private static List<String> of(Ledger ledger, String container) {
        return ledger.of(container, "eth0").stream()
                .map(given -> IpAddresses.format(given.allocation().address()))
                .toList();
    }

    private static AbstractThrowableAssert<?, ?> refused(Ledger ledger, String... addresses) {
        return assertThatThrownBy(() -> give(ledger, addresses))
                .isInstanceOf(AddressRefusedException.class);
    }

    @Test
    void anAddressThatIsFreeAndHere_isGiven() throws Exception {
        Ledger given = give(HELD, "10.0.0.13");

        assertThat(of(given, "c")).containsExactly("10.0.0.13");
        assertThatThrownBy(() ->
                        Allocator.give(given, "a", request("d", "10.0.0.13"), 0, Instant.EPOCH))
                .isInstanceOf(AddressesExhaustedException.class)
                .hasMessage("10.0.0.13 is in use by c/eth0/1");
    }

    @Test
    void anAddressThatRests_isGivenToWhoNamesIt() throws Exception {
        Ledger given = give(HELD, "10.0.0.13");
        Ledger back =
                given.takenBack(
                        List.of(given.of("c", "eth0").getFirst().allocation().handle()), 1000);
        Ledger again =
                Allocator.give(back, "a", request("restarted", "10.0.0.13"), 1001, Instant.EPOCH);

        assertThat(of(again, "restarted")).containsExactly("10.0.0.13");
        assertThat(again.cooling()).isEmpty();
    }

    @Test
    void whatTheNodeCannotGive_isRefused() {
        refused(HELD, "10.0.0.9")
                .hasMessage("10.0.0.9 is an address of the link itself in block 10.0.0.8/29");
        refused(HELD, "10.0.0.200")
                .hasMessageContaining("10.0.0.200 is not in a block of this node");
        refused(HELD, "192.0.2.1").hasMessage("192.0.2.1 is in no IPPool that this node may use");
    }

    @Test
    void aReservedAddress_isForNoPod() {
        refused(held(pool("pods", "10.0.0.0/24", "10.0.0.12/31")), "10.0.0.13")
                .hasMessage("10.0.0.13 is among the reservations of pool pods: no pod gets it");
    }

    @Test
    void aDisabledPool_givesNothingByNameEither() {
        PoolRules disabled =
                new PoolRules(
                        "old",
                        IpPrefix.parse("10.0.0.0/24"),
                        29,
                        true,
                        LabelSelector.everything(),
                        List.of(),
                        false);

        refused(held(disabled), "10.0.0.13")
                .hasMessage(
                        "10.0.0.13 is of pool old, which is disabled: it gives no new addresses");
    }

    @Test
    void aPoolOfAnotherNamespace_isNotReachedByName() throws Exception {
        Ledger two = held(only("bank", "vault", "10.0.0.0/24"), pool("pods", "10.1.0.0/24"));

        refused(two, "10.0.0.13")
                .hasMessage(
                        "10.0.0.13 is of pool vault, which the pod did not choose or which is not"
                                + " for its namespace");
        assertThat(of(give(held(only("shop", "vault", "10.0.0.0/24")), "10.0.0.13"), "c"))
                .containsExactly("10.0.0.13");
    }

    @Test
    void aPoolThatThePodDidNotChoose_isNotReachedByName() {
        Ledger two = held(PODS, pool("other", "10.1.0.0/24"));
        AddressRequest chosen =
                new AddressRequest(
                        "c",
                        "eth0",
                        Map.of(),
                        "",
                        List.of("other"),
                        List.of(),
                        List.of(IpAddresses.parse("10.0.0.13")));

        assertThatThrownBy(() -> Allocator.give(two, "a", chosen, 0, Instant.EPOCH))
                .isInstanceOf(AddressRefusedException.class)
                .hasMessageContaining("10.0.0.13 is of pool pods, which the pod did not choose");
    }

    @Test
    void aBorrowedAddressOfAPoolThatIsStrictAgain_isNotGiven() {
        HeldBlock borrowed =
                HeldBlock.borrowed(IpAddresses.parse("10.0.0.13"), BLOCK, "pods", Long.MAX_VALUE);

        refused(Ledger.of("boot").withPools(List.of(PODS)).with(borrowed), "10.0.0.13")
                .hasMessageContaining("10.0.0.13 is not in a block of this node");
    }

    @Test
    void aSecondAddressOfAFamily_orOneThatNoPoolHas_isRefusedAndNothingIsGiven() throws Exception {
        refused(HELD, "10.0.0.12", "10.0.0.13")
                .hasMessage(
                        "10.0.0.12 and 10.0.0.13 were asked for; a pod gets one IPv4 address of a"
                                + " network");
        refused(HELD, "fd00::a")
                .hasMessage(
                        "fd00::a was asked for, and no IPPool that this node may use has IPv6"
                                + " addresses");

        Ledger both =
                held(PODS, pool("six", "fd00::/64"))
                        .with(block("six", IpPrefix.parse("fd00::8/125")));
        assertThat(of(give(both, "fd00::c"), "c")).containsExactly("10.0.0.10", "fd00::c");
    }
}
