package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.NftSet;
import dev.kakehashi.linux.nft.Ruleset;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.rtnetlink.Vxlan;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.Route;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.Seeds;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** An engine that goes on from what it made before, on a real kernel. */
@KernelTest
class AdvanceTest {
    private static final int PEERS = 40;
    private static final String DEVICE = "kakehashi.1";

    private static IpPrefix pods(int peer) {
        return IpPrefix.parse("10.1." + peer + ".0/24");
    }

    /**
     * A node of a network.
     *
     * @param moved the peers that have an address other than usual
     */
    private static DesiredState node(Set<Integer> peers, Set<Integer> moved) {
        DesiredState.Builder state = DesiredState.builder();
        state.host(Link.create(DEVICE, Vxlan.of(1, 8472)).owner("test").up(true).build());
        // Without an address the kernel knows no gateway on the link either.
        state.host(Address.of(DEVICE, IpPrefix.parse("10.1.0.0/32")));
        List<Element> senders = new ArrayList<>();
        for (int peer : peers) {
            InetAddress underlay =
                    IpAddresses.parse((moved.contains(peer) ? "198.51.100." : "192.0.2.") + peer);
            MacAddress mac = MacAddress.of(0x020000000000L + peer);
            senders.add(Element.of(underlay));
            state.host(
                    FdbEntry.vxlan(DEVICE, mac, underlay),
                    Neighbour.permanent(DEVICE, pods(peer).address(), mac),
                    Route.to(pods(peer), NextHop.onlink(pods(peer).address(), DEVICE))
                            .metric(moved.contains(peer) ? 10 : 0)
                            .build());
        }
        NftSet set = NftSet.set("nodes", DataType.IPV4_ADDR);
        state.host(
                new NftTable(
                        Ruleset.of(Table.of(Family.INET, "kakehashi")).set(set, senders).build()));
        return state.build();
    }

    private static Set<Integer> some(RandomGenerator random) {
        Set<Integer> some = new TreeSet<>();
        for (int peer = 1; peer <= PEERS; peer++) {
            if (random.nextBoolean()) {
                some.add(peer);
            }
        }
        return some;
    }

    @Test
    void fromAnyPeersToOthers_leavesNothingToDo(TestNamespaces namespaces) throws Exception {
        RandomGenerator random = Seeds.random();
        try (Engine engine = Engine.open(namespaces.create())) {
            DesiredState now = node(some(random), some(random));
            engine.reconcile(now);
            for (int i = 0; i < 20; i++) {
                DesiredState next = node(some(random), some(random));
                engine.advance(now, next);
                assertThat(engine.plan(next, now)).hasToString("");
                now = next;
            }
        }
    }

    @Test
    void onePeerMore_changesOnlyWhatItNeeds(TestNamespaces namespaces) throws Exception {
        try (Engine engine = Engine.open(namespaces.create())) {
            DesiredState before = node(Set.of(), Set.of());
            engine.reconcile(before);

            Applied applied = engine.advance(before, node(Set.of(7), Set.of()));

            assertThat(applied.steps()).hasSize(4);
        }
    }

    /** The kernel is not as it was left: routes, the table, even the device. */
    @Test
    void whatSomebodyElseTookAway_doesNotMatter(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        try (Engine engine = Engine.open(netns)) {
            DesiredState now = node(Set.of(1, 2, 3), Set.of());
            engine.reconcile(now);
            for (String harm :
                    List.of(
                            "ip route delete 10.1.1.0/24",
                            "nft flush set inet kakehashi nodes",
                            "nft delete table inet kakehashi",
                            "ip link delete " + DEVICE)) {
                TestNamespaces.run(netns, harm.split(" ", -1));
                DesiredState next = node(Set.of(2, 3, 4), Set.of(3));
                engine.advance(now, next);
                // What did not change is for a look at the whole.
                engine.heal(next);
                assertThat(engine.plan(next, now)).as(harm).hasToString("");
                engine.advance(next, now);
                engine.heal(now);
            }
        }
    }

    @Test
    void aForeignRouteInTheWay_isAConflict_andNothingChanges(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        try (Engine engine = Engine.open(netns)) {
            DesiredState now = node(Set.of(1, 2), Set.of());
            engine.reconcile(now);
            TestNamespaces.run(netns, "ip", "route", "add", "blackhole", "10.1.5.0/24");

            assertThatThrownBy(() -> engine.advance(now, node(Set.of(1, 5), Set.of())))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("10.1.5.0/24");
            assertThat(engine.plan(now)).hasToString("");
        }
    }
}
