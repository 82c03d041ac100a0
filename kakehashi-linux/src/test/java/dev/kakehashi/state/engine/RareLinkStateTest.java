package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.BridgeVlan;
import dev.kakehashi.linux.rtnetlink.Dummy;
import dev.kakehashi.linux.rtnetlink.Ipip;
import dev.kakehashi.linux.rtnetlink.Ipvlan;
import dev.kakehashi.linux.rtnetlink.Vlan;
import dev.kakehashi.linux.rtnetlink.Vrf;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/**
 * Kinds of links that not every kernel has: made, changed, moved to another lower link, removed.
 */
@KernelTest
class RareLinkStateTest {
    private static final LinkRef LOWER = LinkRef.host("low0");

    private Netns host;
    private Netns pod;
    private Engine home;
    private Engine engine;

    @BeforeEach
    void open(TestNamespaces namespaces) throws Exception {
        host = namespaces.create();
        pod = namespaces.create();
        for (String name : List.of("low0", "low1")) {
            var _ = Snapshot.run(host, "ip link add " + name + " type veth peer name p" + name);
            var _ = Snapshot.run(host, "ip link set " + name + " up");
        }
        home = Engine.open(host);
        engine = home.with(NamespaceId.CONTAINER, pod);
    }

    @AfterEach
    void close() {
        home.close();
    }

    private static LinkBuilder own(LinkBuilder link) {
        return link.owner("rare").up(true);
    }

    private void assertComesChangesAndGoes(DesiredState first, DesiredState second)
            throws Exception {
        String before = links();
        for (DesiredState desired : List.of(first, second, first)) {
            var _ = engine.reconcile(desired, desired.equals(first) ? second : first);
            assertThat(engine.plan(desired)).hasToString("");
            assertThat(engine.apply(desired).steps()).isEmpty();
        }
        var _ = engine.remove(first);
        assertThat(home.awaitRemoval(Duration.ofSeconds(20))).isTrue();
        assertThat(links()).isEqualTo(before);
    }

    /** Their names: carriers come and go late. */
    private String links() throws Exception {
        StringBuilder names = new StringBuilder();
        for (Netns netns : List.of(host, pod)) {
            Snapshot.run(netns, "ip -br link")
                    .lines()
                    .forEach(line -> names.append(line, 0, line.indexOf(' ')).append('\n'));
        }
        return names.toString();
    }

    private static DesiredState host(Resource... resources) {
        return DesiredState.builder().host(resources).build();
    }

    private static DesiredState pod(Resource... resources) {
        return DesiredState.builder().container(resources).build();
    }

    @Test
    @RequiresFeature("dummy")
    void dummy() throws Exception {
        assertComesChangesAndGoes(
                host(
                        own(Link.create("rare0", new Dummy())).build(),
                        Address.of("rare0", IpPrefix.parse("10.1.0.1/24")),
                        Route.to(IpPrefix.parse("10.2.0.0/24"), NextHop.dev("rare0")).build()),
                host(own(Link.create("rare0", new Dummy())).mtu(1400).build()));
    }

    @Test
    @RequiresFeature("vlan")
    void vlan() throws Exception {
        assertComesChangesAndGoes(
                host(
                        own(Link.create("rare0", Vlan.of(5)).parent(LOWER)).build(),
                        Address.of("rare0", IpPrefix.parse("fd00::1/64")).withoutDad()),
                host(own(Link.create("rare0", Vlan.of(6)).parent(LOWER)).build()));
    }

    @Test
    @RequiresFeature("vlan")
    void vlan_onAnotherLowerLink_inAPod() throws Exception {
        assertComesChangesAndGoes(
                pod(own(Link.create("rare0", Vlan.of(5)).parent(LOWER)).build()),
                pod(
                        own(Link.create("rare0", Vlan.of(5)).parent(LinkRef.host("low1")))
                                .mtu(1300)
                                .build()));
    }

    @Test
    @RequiresFeature("ipvlan")
    void ipvlan_inAPod() throws Exception {
        assertComesChangesAndGoes(
                pod(own(Link.create("rare0", Ipvlan.of(Ipvlan.Mode.L2)).parent(LOWER)).build()),
                pod(
                        own(Link.create("rare0", Ipvlan.of(Ipvlan.Mode.L2))
                                        .parent(LinkRef.host("low1")))
                                .build()));
    }

    @Test
    @RequiresFeature("vrf")
    void vrf_withAPort() throws Exception {
        Link port = own(Link.veth("v0", LinkRef.container("v1")).master("rare0")).build();
        Link peer = own(Link.veth("v1", LinkRef.host("v0"))).build();
        assertComesChangesAndGoes(
                DesiredState.builder()
                        .host(own(Link.create("rare0", new Vrf(77))).build(), port)
                        .container(peer)
                        .build(),
                DesiredState.builder()
                        .host(own(Link.create("rare0", new Vrf(78))).build(), port)
                        .container(peer)
                        .build());
    }

    @Test
    @RequiresFeature("ipip")
    void ipip() throws Exception {
        assertComesChangesAndGoes(
                host(
                        own(Link.create(
                                        "rare0",
                                        Ipip.any().withLocal(IpAddresses.parse("192.0.2.1"))))
                                .build()),
                host(
                        own(Link.create(
                                        "rare0",
                                        Ipip.any().withLocal(IpAddresses.parse("192.0.2.2"))))
                                .build()));
    }

    @Test
    @RequiresFeature("bridge-vlan-filtering")
    void vlansOfPorts() throws Exception {
        assertComesChangesAndGoes(
                ports(List.of(BridgeVlan.access(10)), 10),
                ports(List.of(BridgeVlan.access(20), BridgeVlan.tagged(30, 40)), 30));
    }

    private static DesiredState ports(List<BridgeVlan> vlans, int entry) {
        MacAddress mac = MacAddress.parse("02:00:00:00:00:07");
        return DesiredState.builder()
                .host(
                        own(Link.create("rare0", Bridge.plain().withVlanFiltering(true))).build(),
                        own(Link.veth("v0", LinkRef.container("v1")).master("rare0").vlans(vlans))
                                .build(),
                        FdbEntry.bridge("v0", mac, entry))
                .container(own(Link.veth("v1", LinkRef.host("v0"))).build())
                .build();
    }
}
