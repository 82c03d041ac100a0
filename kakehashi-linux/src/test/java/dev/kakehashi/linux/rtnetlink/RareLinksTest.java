package dev.kakehashi.linux.rtnetlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Kinds of links that not every kernel has. */
@KernelTest
class RareLinksTest {
    @Test
    @RequiresFeature("vlan")
    void vlan_onAParent_isSeenAgain(TestNamespaces namespaces) throws Exception {
        assertSeenAgain(namespaces, Vlan.of(5), true);
        assertSeenAgain(namespaces, new Vlan(4094, VlanProtocol.DOT1AD), true);
    }

    @Test
    @RequiresFeature("ipvlan")
    void ipvlan_ofEachMode_isSeenAgain(TestNamespaces namespaces) throws Exception {
        assertSeenAgain(namespaces, Ipvlan.of(Ipvlan.Mode.L2), true);
        assertSeenAgain(namespaces, new Ipvlan(Ipvlan.Mode.L3, Ipvlan.Isolation.PRIVATE), true);
        assertSeenAgain(namespaces, new Ipvlan(Ipvlan.Mode.L3S, Ipvlan.Isolation.VEPA), true);
    }

    @Test
    @RequiresFeature("vrf")
    void vrf_withALinkInIt_holdsItsRoutes(TestNamespaces namespaces) throws Exception {
        assertSeenAgain(namespaces, new Vrf(5000), false);
        try (RtNetlink rt = RtNetlink.open(namespaces.create())) {
            rt.execute(
                    Links.create(LinkSpec.builder("red", new Vrf(5000)).index(40).up(true).build()),
                    Links.create(
                            LinkSpec.builder("a", Veth.pair())
                                    .index(50)
                                    .master(40)
                                    .up(true)
                                    .build()),
                    Addresses.add(Address.of(50, IpPrefix.parse("10.1.2.3/24"))));
            assertThat(rt.link("a").orElseThrow().master()).isEqualTo(40);
            assertThat(rt.routes(5000))
                    .anyMatch(r -> r.destination().equals(IpPrefix.parse("10.1.2.3/32")));
        }
    }

    @Test
    @RequiresFeature("dummy")
    void dummy_isSeenAgain(TestNamespaces namespaces) throws Exception {
        assertSeenAgain(namespaces, new Dummy(), false);
    }

    @Test
    @RequiresFeature("ifb")
    void ifb_isSeenAgain(TestNamespaces namespaces) throws Exception {
        assertSeenAgain(namespaces, new Ifb(), false);
    }

    @Test
    @RequiresFeature("wireguard")
    void wireguard_isSeenAgain(TestNamespaces namespaces) throws Exception {
        assertSeenAgain(namespaces, new Wireguard(), false);
    }

    @Test
    @RequiresFeature("ipip")
    void ipip_withEnds_isSeenAgain(TestNamespaces namespaces) throws Exception {
        Ipip kind = Ipip.any().withLocal(IpAddresses.parse("192.0.2.1"));
        assertSeenAgain(namespaces, kind, false);
        assertSeenAgain(namespaces, kind.withRemote(IpAddresses.parse("192.0.2.2")), false);
    }

    @Test
    @RequiresFeature("bridge-vlan-filtering")
    void bridgeVlans_areAddedListedAndRemoved(TestNamespaces namespaces) throws Exception {
        try (RtNetlink rt = RtNetlink.open(namespaces.create())) {
            Bridge kind = Bridge.plain().withVlanFiltering(true).withVlanDefaultPvid(0);
            rt.execute(
                    Links.create(LinkSpec.builder("br0", kind).index(40).build()),
                    Links.create(LinkSpec.builder("a", Veth.pair()).index(50).master(40).build()));
            assertThat(kind.matches(rt.link("br0").orElseThrow().kind().orElseThrow())).isTrue();
            assertThat(rt.bridgeVlans()).isEmpty();
            rt.execute(
                    BridgeVlans.add(50, BridgeVlan.access(10), false),
                    BridgeVlans.add(50, BridgeVlan.tagged(100, 200), false),
                    BridgeVlans.add(40, BridgeVlan.tagged(10, 10), true));
            assertThat(rt.bridgeVlans())
                    .containsExactlyInAnyOrder(
                            new BridgePortVlans(
                                    50,
                                    List.of(BridgeVlan.access(10), BridgeVlan.tagged(100, 200))),
                            new BridgePortVlans(40, List.of(BridgeVlan.tagged(10, 10))));
            rt.execute(
                    BridgeVlans.delete(50, BridgeVlan.tagged(100, 150), false),
                    BridgeVlans.delete(40, BridgeVlan.tagged(10, 10), true));
            assertThat(rt.bridgeVlans())
                    .containsExactly(
                            new BridgePortVlans(
                                    50,
                                    List.of(BridgeVlan.access(10), BridgeVlan.tagged(151, 200))));
        }
    }

    private static void assertSeenAgain(TestNamespaces namespaces, LinkKind kind, boolean onParent)
            throws Exception {
        try (RtNetlink rt = RtNetlink.open(namespaces.create())) {
            LinkSpec.Builder spec = LinkSpec.builder("x", kind);
            if (onParent) {
                rt.execute(Links.create(LinkSpec.builder("parent", Veth.pair()).index(50).build()));
                spec.parent(50);
            }
            rt.execute(Links.create(spec.build()));
            Link link = rt.link("x").orElseThrow();
            assertThat(kind.matches(link.kind().orElseThrow())).as("%s", link).isTrue();
            if (onParent) {
                assertThat(link.parent()).isEqualTo(50);
            }
        }
    }
}
