package dev.kakehashi.linux.rtnetlink;

import static dev.kakehashi.linux.rtnetlink.Iproute2Case.P;
import static dev.kakehashi.linux.rtnetlink.Iproute2Case.Q;
import static dev.kakehashi.linux.rtnetlink.Iproute2Case.ip;
import static dev.kakehashi.linux.rtnetlink.Iproute2Case.same;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netlink.NetlinkRequest;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Requests about links, their ports and VLANs: {@code ip link} and {@code bridge vlan}. */
final class LinkRequests {
    /**
     * IFLA_IPTUN_PROTO: iproute2 asks for tunnels of any protocol unless {@code mode ipip} is said;
     * the kernel's own default is IPv4 in IPv4 (ipip_netlink_parms of net/ipv4/ipip.c).
     */
    private static final String ANY_PROTOCOL = "-18/2/9 00";

    static final List<Iproute2Case> ALL =
            List.of(
                    same(
                            "ip link add vx0 index 9 type vxlan id 1 dev p local 192.0.2.1 dstport"
                                    + " 8472 nolearning",
                            Links.create(
                                    link(
                                                    "vx0",
                                                    Vxlan.of(1, 8472)
                                                            .withLocal(ip("192.0.2.1"))
                                                            .withoutLearning())
                                            .index(9)
                                            .parent(P)
                                            .build())),
                    same(
                            "ip link add vx6 type vxlan id 2 local 2001:db8::1 remote 2001:db8::2"
                                    + " ttl 16 ageing 300 dstport 4789 learning udpcsum gbp",
                            create("vx6", vxlan6("2001:db8::2"))),
                    same(
                            "ip link add vxe type vxlan external dstport 4789",
                            create("vxe", Vxlan.of(0, 4789).withExternal().withoutLearning())),
                    same(
                            "ip link set dev vx6 type vxlan remote 2001:db8::3",
                            Links.change(
                                    2,
                                    LinkSpec.builder()
                                            .kind(Vxlan.of(2, 4789).withRemote(ip("2001:db8::3")))
                                            .build()),
                            "+18/2/7 01"), // learning, which a Vxlan always says
                    same(
                            "ip link add mac0 link p type macvlan mode bridge bcqueuelen 500",
                            create(
                                    "mac0",
                                    new Macvlan(Macvlan.Mode.BRIDGE, OptionalInt.of(500)),
                                    P)),
                    same(
                            "ip link add ipv0 link p type ipvlan mode l3s private",
                            create(
                                    "ipv0",
                                    new Ipvlan(Ipvlan.Mode.L3S, Ipvlan.Isolation.PRIVATE),
                                    P)),
                    same(
                            "ip link add p.100 link p type vlan protocol 802.1ad id 100",
                            create("p.100", new Vlan(100, VlanProtocol.DOT1AD), P)),
                    same("ip link add red type vrf table 1100", create("red", new Vrf(1100))),
                    same(
                            "ip link add dum0 mtu 1400 type dummy",
                            Links.create(link("dum0", new Dummy()).mtu(1400).build())),
                    same(
                            "ip link add ifb0 txqueuelen 32 type ifb",
                            Links.create(link("ifb0", new Ifb()).txQueueLength(32).build())),
                    same(
                            "ip link add tunl1 type ipip local 192.0.2.1 remote 198.51.100.1 ttl 64"
                                    + " dev p pmtudisc",
                            create(
                                    "tunl1",
                                    new Ipip(
                                            Optional.of(ip("192.0.2.1")),
                                            Optional.of(ip("198.51.100.1")),
                                            OptionalInt.of(64),
                                            Optional.of(true),
                                            false),
                                    P),
                            "-18/2/5 00", // type of service: none
                            ANY_PROTOCOL,
                            "-18/2/15 0000", // encapsulation: none, its flags and ports
                            "-18/2/16 0000",
                            "-18/2/17 0000",
                            "-18/2/18 0000",
                            "-18/2/20 00000000"), // firewall mark: none
                    same(
                            "ip link add tunl2 type ipip external",
                            create(
                                    "tunl2",
                                    new Ipip(
                                            Optional.empty(),
                                            Optional.empty(),
                                            OptionalInt.empty(),
                                            Optional.empty(),
                                            true)),
                            ANY_PROTOCOL),
                    same("ip link add wg0 type wireguard", create("wg0", new Wireguard())),
                    same(
                            "ip link add br1 address 02:00:00:00:00:01 type bridge forward_delay 200"
                                    + " ageing_time 30000 stp_state 0 vlan_default_pvid 0"
                                    + " vlan_filtering 1 mcast_snooping 0",
                            Links.create(
                                    link(
                                                    "br1",
                                                    new Bridge(
                                                            Optional.of(true),
                                                            OptionalInt.of(0),
                                                            Optional.of(false),
                                                            Optional.of(false),
                                                            OptionalInt.of(200),
                                                            OptionalInt.of(30000)))
                                            .mac(MacAddress.parse("02:00:00:00:00:01"))
                                            .build())),
                    same(
                            "ip link set dev q type bridge_slave hairpin on guard on root_block off"
                                    + " fastleave on learning off flood off mcast_flood off"
                                    + " bcast_flood off neigh_suppress on isolated on locked on",
                            Links.change(
                                    Q,
                                    LinkSpec.builder()
                                            .bridgePort(
                                                    BridgePort.builder()
                                                            .hairpin(true)
                                                            .guard(true)
                                                            .rootBlock(false)
                                                            .fastLeave(true)
                                                            .learning(false)
                                                            .unicastFlood(false)
                                                            .multicastFlood(false)
                                                            .broadcastFlood(false)
                                                            .neighbourSuppression(true)
                                                            .isolated(true)
                                                            .locked(true)
                                                            .build())
                                            .build()),
                            // The kernel asks the master what the port is told, whatever it is
                            // called (rtnl_newlink of net/core/rtnetlink.c).
                            "-18/1 bridge_slave",
                            "+18/4 bridge"),
                    same(
                            "ip link add host0 numtxqueues 2 numrxqueues 3 type veth peer name eth9",
                            Links.create(
                                    link(
                                                    "host0",
                                                    Veth.withPeer(
                                                            LinkSpec.builder()
                                                                    .name("eth9")
                                                                    .build()))
                                            .txQueues(2)
                                            .rxQueues(3)
                                            .build())),
                    same(
                            "ip link set dev p group 77",
                            Links.change(P, LinkSpec.builder().group(77).build())),
                    same(
                            "ip link set dev p alias kakehashi",
                            Links.change(P, LinkSpec.builder().alias("kakehashi").build())),
                    same(
                            "ip link set dev p addrgenmode none",
                            Links.change(
                                    P, LinkSpec.builder().addrGenMode(AddrGenMode.NONE).build())),
                    same(
                            "ip link set p netns blue # descriptor 4",
                            Links.change(3, LinkSpec.builder().netns(Fd.ownForever(4)).build())),
                    same("ip link delete p2", Links.delete(20)),
                    same("ip link delete group 78", Links.deleteGroup(78)),
                    same(
                            "bridge vlan add dev q vid 10-20",
                            BridgeVlans.add(Q, BridgeVlan.tagged(10, 20), false)));

    private LinkRequests() {}

    private static LinkSpec.Builder link(String name, LinkKind kind) {
        return LinkSpec.builder(name, kind);
    }

    private static NetlinkRequest create(String name, LinkKind kind) {
        return Links.create(link(name, kind).build());
    }

    private static NetlinkRequest create(String name, LinkKind kind, int parent) {
        return Links.create(link(name, kind).parent(parent).build());
    }

    private static Vxlan vxlan6(String remote) {
        return new Vxlan(
                2,
                Optional.of(ip("2001:db8::1")),
                Optional.of(ip(remote)),
                4789,
                true,
                OptionalInt.of(16),
                OptionalInt.of(300),
                false,
                Optional.of(true),
                true);
    }
}
