package dev.kakehashi.linux.rtnetlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netlink.NetlinkException;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

@KernelTest
class LinksTest {
    private static final MacAddress HOST_MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress POD_MAC = MacAddress.parse("02:00:00:00:00:02");

    @Test
    void veth_wholePairInOneSend_isAsAskedFor(TestNamespaces namespaces) throws Exception {
        Netns host = namespaces.create();
        Netns pod = namespaces.create();
        try (RtNetlink rt = RtNetlink.open(host);
                RtNetlink inPod = RtNetlink.open(pod)) {
            rt.execute(
                    Links.create(
                            LinkSpec.builder("br0", Bridge.plain()).index(10).up(true).build()));
            LinkSpec peer =
                    LinkSpec.builder()
                            .name("eth0")
                            .mac(POD_MAC)
                            .mtu(1400)
                            .index(2)
                            .txQueues(1)
                            .netns(pod.fd())
                            .build();
            LinkSpec spec =
                    LinkSpec.builder("veth1", Veth.withPeer(peer))
                            .index(77)
                            .mac(HOST_MAC)
                            .mtu(1400)
                            .txQueues(1)
                            .rxQueues(1)
                            .master(10)
                            .up(true)
                            .alias("kakehashi:test")
                            .bridgePort(BridgePort.builder().hairpin(true).isolated(true).build())
                            .build();
            List<NetlinkRequest> requests = Links.creation(spec);
            assertThat(requests).hasSize(2);
            rt.execute(requests);

            Link veth = rt.link("veth1").orElseThrow();
            assertThat(veth.index()).isEqualTo(77);
            assertThat(veth.kind()).contains(Veth.pair());
            assertThat(veth.mac()).contains(HOST_MAC);
            assertThat(veth.mtu()).isEqualTo(1400);
            assertThat(veth.master()).isEqualTo(10);
            assertThat(veth.isUp()).isTrue();
            assertThat(veth.alias()).isEqualTo("kakehashi:test");
            assertThat(veth.parent()).isEqualTo(2);
            assertThat(veth.parentNetnsId()).isPresent();
            assertThat(veth.txQueues()).isEqualTo(1);
            assertThat(veth.bridgePort().orElseThrow().hairpin()).contains(true);
            assertThat(veth.bridgePort().orElseThrow().isolated()).contains(true);
            assertThat(rt.netnsId(pod.fd())).isEqualTo(veth.parentNetnsId());

            Link eth0 = inPod.link("eth0").orElseThrow();
            assertThat(eth0.index()).isEqualTo(2);
            assertThat(eth0.mac()).contains(POD_MAC);
            assertThat(eth0.parent()).isEqualTo(77);
            assertThat(eth0.isUp()).isFalse();
        }
    }

    @Test
    void change_everyAttribute_isSeenAgain(TestNamespaces namespaces) throws Exception {
        try (RtNetlink rt = RtNetlink.open(namespaces.create())) {
            rt.execute(Links.create(LinkSpec.builder("a", Veth.pair()).build()));
            Link before = rt.link("a").orElseThrow();
            rt.execute(
                    Links.change(
                            before.index(),
                            LinkSpec.builder()
                                    .name("renamed")
                                    .mtu(1280)
                                    .mac(HOST_MAC)
                                    .group(75)
                                    .alias("text")
                                    .txQueueLength(55)
                                    .promiscuous(true)
                                    .allMulticast(true)
                                    .arp(false)
                                    .addrGenMode(AddrGenMode.NONE)
                                    .ipv4(Ipv4Setting.PROXY_ARP, 1)
                                    .build()));
            Link link = rt.link("renamed").orElseThrow();
            assertThat(link.index()).isEqualTo(before.index());
            assertThat(link.mtu()).isEqualTo(1280);
            assertThat(link.group()).isEqualTo(75);
            assertThat(link.alias()).isEqualTo("text");
            assertThat(link.txQueueLength()).isEqualTo(55);
            assertThat(link.isPromiscuous()).isTrue();
            assertThat(link.promiscuity()).isEqualTo(1);
            assertThat(link.isAllMulticast()).isTrue();
            assertThat(link.flags() & Link.IFF_NOARP).isNotZero();
            assertThat(link.addrGenMode()).contains(AddrGenMode.NONE);
            assertThat(rt.link("a")).isEmpty();
            rt.execute(
                    Links.change(
                            "renamed",
                            LinkSpec.builder().promiscuous(false).alias("").master(0).build()));
            Link after = rt.link(link.index()).orElseThrow();
            assertThat(after.isPromiscuous()).isFalse();
            assertThat(after.isAllMulticast()).isTrue();
            assertThat(after.alias()).isEmpty();
            String longest = "x".repeat(255); // IFALIASZ less one
            rt.execute(Links.change("renamed", LinkSpec.builder().alias(longest).build()));
            assertThat(rt.link("renamed").orElseThrow().alias()).isEqualTo(longest);
        }
    }

    @Test
    void create_takenName_isRefusedWithTheCommandInTheMessage(TestNamespaces namespaces)
            throws Exception {
        try (RtNetlink rt = RtNetlink.open(namespaces.create())) {
            LinkSpec bridge = LinkSpec.builder("br0", Bridge.plain()).build();
            rt.execute(Links.create(bridge));
            assertThatThrownBy(() -> rt.execute(Links.create(bridge)))
                    .isInstanceOfSatisfying(
                            NetlinkException.class, e -> assertThat(e.is(Errno.EEXIST)).isTrue())
                    .hasMessageStartingWith("ip link add name br0 type bridge: EEXIST");
        }
    }

    @Test
    void bridge_attributes_areSetAndChanged(TestNamespaces namespaces) throws Exception {
        try (RtNetlink rt = RtNetlink.open(namespaces.create())) {
            Bridge wanted =
                    new Bridge(
                            Optional.empty(),
                            OptionalInt.empty(),
                            Optional.of(false),
                            Optional.of(false),
                            OptionalInt.of(200),
                            OptionalInt.of(1000));
            rt.execute(Links.create(LinkSpec.builder("br0", wanted).build()));
            assertThat(wanted.matches(rt.link("br0").orElseThrow().kind().orElseThrow())).isTrue();
            Bridge other = Bridge.plain().withMulticastSnooping(true);
            LinkKind now = rt.link("br0").orElseThrow().kind().orElseThrow();
            assertThat(other.matches(now)).isFalse();
            assertThat(other.changeableFrom(now)).isTrue();
            rt.execute(Links.change("br0", LinkSpec.builder().kind(other).build()));
            assertThat(other.matches(rt.link("br0").orElseThrow().kind().orElseThrow())).isTrue();
        }
    }

    @Test
    void vxlan_asFlannelMakesIt_isSeenAgain(TestNamespaces namespaces) throws Exception {
        try (RtNetlink rt = RtNetlink.open(namespaces.create())) {
            rt.execute(Links.create(LinkSpec.builder("under", Veth.pair()).build()));
            int under = rt.link("under").orElseThrow().index();
            Vxlan wanted =
                    Vxlan.of(1, 8472).withLocal(IpAddresses.parse("192.0.2.1")).withoutLearning();
            rt.execute(
                    Links.create(
                            LinkSpec.builder("flannel.1", wanted)
                                    .parent(under)
                                    .mac(HOST_MAC)
                                    .build()));
            Link link = rt.link("flannel.1").orElseThrow();
            assertThat(wanted.matches(link.kind().orElseThrow())).isTrue();
            assertThat(link.parent()).isEqualTo(under);
            assertThat(Vxlan.of(2, 8472).changeableFrom(link.kind().orElseThrow())).isFalse();
            FdbEntry entry = FdbEntry.vxlan(link.index(), POD_MAC, IpAddresses.parse("192.0.2.9"));
            rt.execute(Fdb.add(entry));
            assertThat(rt.fdb(link.index()))
                    .anySatisfy(e -> {
                        assertThat(e.mac()).isEqualTo(POD_MAC);
                        assertThat(e.destination()).isEqualTo(entry.destination());
                        assertThat(e.isSelf()).isTrue();
                        assertThat(e.isStatic()).isTrue();
                    });
            FdbEntry zero =
                    FdbEntry.vxlan(link.index(), MacAddress.ZERO, IpAddresses.parse("192.0.2.7"));
            FdbEntry second =
                    FdbEntry.vxlan(link.index(), MacAddress.ZERO, IpAddresses.parse("192.0.2.8"));
            rt.execute(Fdb.append(zero), Fdb.append(second), Fdb.delete(entry));
            assertThat(rt.fdb(link.index()))
                    .extracting(FdbEntry::destination)
                    .containsExactlyInAnyOrder(zero.destination(), second.destination());
        }
    }

    @Test
    void macvlan_inAnotherNamespace_hasItsParentThere(TestNamespaces namespaces) throws Exception {
        Netns host = namespaces.create();
        Netns pod = namespaces.create();
        try (RtNetlink rt = RtNetlink.open(host);
                RtNetlink inPod = RtNetlink.open(pod)) {
            rt.execute(Links.create(LinkSpec.builder("up0", Veth.pair()).build()));
            int parent = rt.link("up0").orElseThrow().index();
            Macvlan kind = Macvlan.of(Macvlan.Mode.BRIDGE);
            rt.execute(
                    Links.create(
                            LinkSpec.builder("mv0", kind).parent(parent).netns(pod.fd()).build()));
            Link link = inPod.link("mv0").orElseThrow();
            assertThat(kind.matches(link.kind().orElseThrow())).isTrue();
            assertThat(link.parent()).isEqualTo(parent);
            assertThat(link.parentNetnsId()).isPresent();
            Macvlan vepa = Macvlan.of(Macvlan.Mode.VEPA);
            assertThat(vepa.changeableFrom(link.kind().orElseThrow())).isTrue();
            inPod.execute(Links.change("mv0", LinkSpec.builder().kind(vepa).build()));
            assertThat(vepa.matches(inPod.link("mv0").orElseThrow().kind().orElseThrow())).isTrue();
        }
    }

    @Test
    void tun_tapAndTun_areMadeAndSeen(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        try (var tap = netns.<Fd, Exception>call(() -> TunDevice.open("tap0", true, false));
                RtNetlink rt = RtNetlink.open(netns)) {
            assertThat(rt.link("tap0").orElseThrow().kind())
                    .hasValueSatisfying(kind ->
                            assertThat(kind)
                                    .isInstanceOfSatisfying(
                                            Tun.class, tun -> assertThat(tun.tap()).isTrue()));
            TunDevice.persist(tap, OptionalInt.of(1000), OptionalInt.empty());
            Tun tun = (Tun) rt.link("tap0").orElseThrow().kind().orElseThrow();
            assertThat(tun.persistent()).isTrue();
            assertThat(tun.owner()).hasValue(1000);
        }
    }

    @Test
    void deleteGroup_removesAllOfTheGroupAndNoOther(TestNamespaces namespaces) throws Exception {
        try (RtNetlink rt = RtNetlink.open(namespaces.create())) {
            List<NetlinkRequest> requests = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                requests.add(
                        Links.create(
                                LinkSpec.builder("v" + i, Veth.pair())
                                        .group(i < 15 ? 4711 : 1)
                                        .build()));
            }
            rt.execute(requests);
            rt.execute(Links.deleteGroup(4711));
            // A peer that is not described takes the group of its other end.
            assertThat(rt.links().stream().filter(l -> l.group() == 1)).hasSize(10);
            assertThat(rt.links().stream().filter(l -> l.group() == 4711)).isEmpty();
            assertThatThrownBy(() -> rt.execute(Links.deleteGroup(4711)))
                    .isInstanceOfSatisfying(
                            NetlinkException.class, e -> assertThat(e.is(Errno.ENODEV)).isTrue());
            rt.execute(Links.delete("v19"), Links.delete(rt.link("v18").orElseThrow().index()));
            assertThat(rt.link("v19")).isEmpty();
            assertThat(rt.link("v18")).isEmpty();
        }
    }
}
