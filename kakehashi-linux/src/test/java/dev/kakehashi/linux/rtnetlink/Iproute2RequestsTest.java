package dev.kakehashi.linux.rtnetlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netlink.NetlinkSocket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Our requests say what iproute2's say: recorded bytes of its commands (iproute2-requests.txt),
 * attribute by attribute. What one of the two says more is named, with the reason.
 */
class Iproute2RequestsTest {
    private static final int P = 7;
    private static final int Q = 8;
    private static final int IFB = 12;
    private static final MacAddress NINE = MacAddress.parse("02:00:00:00:00:09");

    /**
     * A command and our request for the same.
     *
     * @param differences lines that only iproute2 has, with a minus, and only we have, with a plus
     */
    record Case(String command, NetlinkRequest request, List<String> differences) {
        @Override
        public String toString() {
            return command;
        }
    }

    private static Case same(String command, NetlinkRequest request, String... differences) {
        return new Case(command, request, List.of(differences));
    }

    /** RTA_TABLE: we name the table in full always, iproute2 where rtm_table is too small. */
    private static final String MAIN = "+15 fe000000";

    /**
     * IFLA_IPTUN_PROTO: iproute2 asks for tunnels of any protocol unless {@code mode ipip} is said;
     * the kernel's own default is IPv4 in IPv4 (ipip_netlink_parms of net/ipv4/ipip.c).
     */
    private static final String ANY_PROTOCOL = "-18/2/9 00";

    /** Of struct tc_tbf_qopt: rate, no peak rate, limit, time of the burst, MTU. */
    private static final String SLOW =
            "40420f00" + "000000000000000000000000" + "30750000" + "5a620200" + "00000000";

    /** The same less the last two; the rate is in TCA_TBF_RATE64. */
    private static final String FAST = "ffffffff" + "000000000000000000000000" + "30750000";

    static final List<Case> LINKS =
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

    static final List<Case> ADDRESSES_AND_NEIGHBOURS =
            List.of(
                    same(
                            "ip address add 192.0.2.77/25 brd + dev p",
                            Addresses.add(
                                    Address.of(P, IpPrefix.parse("192.0.2.77/25"))
                                            .withNetworkBroadcast())),
                    same(
                            "ip address add 2001:db8::5/64 dev p nodad noprefixroute",
                            Addresses.add(
                                    Address.of(P, IpPrefix.parse("2001:db8::5/64"))
                                            .withFlags(
                                                    Address.IFA_F_NODAD
                                                            | Address.IFA_F_NOPREFIXROUTE)),
                            // The low bits of the flags again in ifaddrmsg, where the kernel does
                            // not look if there is IFA_FLAGS (inet6_rtm_newaddr).
                            "-fixed 0a40000007000000",
                            "+fixed 0a40020007000000"),
                    same(
                            "ip address add 10.9.9.1/32 peer 10.9.9.2/24 dev p",
                            Addresses.add(
                                    Address.of(P, IpPrefix.parse("10.9.9.1/24"))
                                            .withPeer(ip("10.9.9.2")))),
                    same(
                            "ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev p nud permanent"
                                    + " protocol 75",
                            Neighbours.add(
                                    Neighbour.permanent(P, ip("192.0.2.9"), NINE)
                                            .withProtocol(75))),
                    same(
                            "ip neigh replace 2001:db8::9 lladdr 02:00:00:00:00:09 dev p nud"
                                    + " permanent",
                            Neighbours.replace(Neighbour.permanent(P, ip("2001:db8::9"), NINE))),
                    same(
                            "ip neigh add proxy 169.254.1.1 dev p",
                            Neighbours.add(Neighbour.proxy(P, ip("169.254.1.1")))),
                    same(
                            "ip neigh del 192.0.2.9 dev p",
                            Neighbours.delete(
                                    new Neighbour(
                                            P,
                                            ip("192.0.2.9"),
                                            Optional.empty(),
                                            Neighbour.NUD_PERMANENT,
                                            0,
                                            0))),
                    same(
                            "bridge fdb append 02:00:00:00:00:05 dev p dst 192.0.2.5 self permanent",
                            Fdb.append(
                                    FdbEntry.vxlan(
                                            P,
                                            MacAddress.parse("02:00:00:00:00:05"),
                                            ip("192.0.2.5")))));

    static final List<Case> ROUTES_AND_RULES =
            List.of(
                    same(
                            "ip route add 10.3.0.0/24 table 1000 proto 75 metric 50 mtu 1400 advmss"
                                    + " 1360 src 192.0.2.1 via 192.0.2.2 dev p",
                            Routes.add(
                                    route("10.3.0.0/24", NextHop.via(ip("192.0.2.2"), P))
                                            .withTable(1000)
                                            .withProtocol(75)
                                            .withPriority(50)
                                            .withMtu(1400)
                                            .withAdvMss(1360)
                                            .withSource(ip("192.0.2.1")))),
                    same(
                            "ip route add 10.4.0.0/24 proto 75 nexthop via 192.0.2.2 dev p weight 1"
                                    + " nexthop via 192.0.2.3 dev p weight 5",
                            Routes.add(
                                    route(
                                                    "10.4.0.0/24",
                                                    NextHop.via(ip("192.0.2.2"), P),
                                                    new NextHop(
                                                            P, Optional.of(ip("192.0.2.3")), 5, 0))
                                            .withProtocol(75)),
                            MAIN),
                    same(
                            "ip route add 10.5.0.0/24 via inet6 2001:db8::2 dev p",
                            Routes.add(
                                    route("10.5.0.0/24", NextHop.via(ip("2001:db8::2"), P))
                                            .withProtocol(Route.RTPROT_BOOT)),
                            MAIN),
                    same(
                            "ip -6 route append 2001:db8:1::/48 via 2001:db8::2 dev p metric 10",
                            Routes.append(
                                    route("2001:db8:1::/48", NextHop.via(ip("2001:db8::2"), P))
                                            .withProtocol(Route.RTPROT_BOOT)
                                            .withPriority(10)),
                            MAIN),
                    same(
                            "ip route add blackhole 10.6.0.0/16 proto 75",
                            Routes.add(
                                    Route.of(RouteType.BLACKHOLE, IpPrefix.parse("10.6.0.0/16"))
                                            .withProtocol(75)),
                            MAIN),
                    same(
                            "ip route add 10.7.0.1 dev p scope link",
                            Routes.add(
                                    route("10.7.0.1/32", NextHop.link(P))
                                            .withProtocol(Route.RTPROT_BOOT)),
                            MAIN),
                    same(
                            "ip route replace default via 192.0.2.2",
                            Routes.replace(
                                    route("0.0.0.0/0", NextHop.via(ip("192.0.2.2"), 0))
                                            .withProtocol(Route.RTPROT_BOOT)),
                            MAIN),
                    same(
                            "ip route del 10.3.0.0/24 table 1000",
                            Routes.delete(
                                    Route.of(RouteType.UNSPECIFIED, IpPrefix.parse("10.3.0.0/24"))
                                            .withProtocol(Route.RTPROT_UNSPEC)
                                            .withTable(1000))),
                    same(
                            "ip rule add priority 100 from 10.1.0.0/16 to 10.2.0.0/24 iif p oif q"
                                    + " fwmark 0x4000/0xf000 lookup 1000 protocol 75"
                                    + " suppress_prefixlength 0",
                            Rules.add(
                                    new Rule(
                                            true,
                                            100,
                                            Optional.of(IpPrefix.parse("10.1.0.0/16")),
                                            Optional.of(IpPrefix.parse("10.2.0.0/24")),
                                            Optional.of("p"),
                                            Optional.of("q"),
                                            OptionalInt.of(0x4000),
                                            OptionalInt.of(0xf000),
                                            Rule.Action.LOOKUP,
                                            1000,
                                            75,
                                            OptionalInt.of(0),
                                            false))),
                    same(
                            "ip rule add not from 10.1.0.0/16 priority 101 lookup 200",
                            Rules.add(
                                    new Rule(
                                            true,
                                            101,
                                            Optional.of(IpPrefix.parse("10.1.0.0/16")),
                                            Optional.empty(),
                                            Optional.empty(),
                                            Optional.empty(),
                                            OptionalInt.empty(),
                                            OptionalInt.empty(),
                                            Rule.Action.LOOKUP,
                                            200,
                                            0,
                                            OptionalInt.empty(),
                                            true)),
                            "+15 c8000000"), // FRA_TABLE, as RTA_TABLE of routes
                    same(
                            "ip -6 rule add priority 102 to 2001:db8::/32 prohibit",
                            Rules.add(
                                    new Rule(
                                            false,
                                            102,
                                            Optional.empty(),
                                            Optional.of(IpPrefix.parse("2001:db8::/32")),
                                            Optional.empty(),
                                            Optional.empty(),
                                            OptionalInt.empty(),
                                            OptionalInt.empty(),
                                            Rule.Action.PROHIBIT,
                                            0,
                                            0,
                                            OptionalInt.empty(),
                                            false))),
                    same("ip netns set blue 5 # descriptor 6", NetnsIds.set(Fd.ownForever(6), 5)),
                    same(
                            "ip netns list-id # asks for descriptor 6",
                            NetnsIds.get(Fd.ownForever(6))));

    static final List<Case> TRAFFIC =
            List.of(
                    same(
                            "tc qdisc add dev p root handle 1: tbf rate 8mbit burst 10000 limit"
                                    + " 30000",
                            Qdiscs.add(Qdisc.root(P, new QdiscKind.Tbf(1_000_000, 10_000, 30_000))),
                            // struct tc_ratespec: cell_log and cell_align are for the rate table.
                            "-2/1 03010000ffff0000" + SLOW,
                            "+2/1 0001000000000000" + SLOW),
                    same("tc qdisc add dev p clsact", Qdiscs.add(Qdisc.clsact(P))),
                    same("tc qdisc add dev q ingress", Qdiscs.add(Qdisc.ingress(Q))),
                    same(
                            "tc qdisc replace dev q root handle 1: tbf rate 80gbit burst 10000 limit"
                                    + " 30000",
                            Qdiscs.replace(
                                    Qdisc.root(
                                            Q, new QdiscKind.Tbf(10_000_000_000L, 10_000, 30_000))),
                            // iproute2 counts the time of the burst at the 32 bits of the rate;
                            // it is TCA_TBF_BURST that counts (tbf_change of
                            // net/sched/sch_tbf.c).
                            "-2/1 03010000ffff0000" + FAST + "1f00000000000000",
                            "+2/1 0001000000000000" + FAST + "1000000000000000"),
                    same(
                            "tc filter add dev p ingress protocol all prio 1 u32 match u32 0 0"
                                    + " action mirred egress redirect dev ifb7",
                            Filters.add(
                                    Filter.of(
                                            P,
                                            Filter.INGRESS,
                                            1,
                                            new FilterKind.MatchAll(
                                                    FilterKind.Mirred.redirectTo(IFB))))),
                    same(
                            "tc filter add dev p egress protocol ip prio 2 u32 match ip dst"
                                    + " 10.8.0.0/13 flowid 0:0",
                            Filters.add(
                                    Filter.of(
                                            P,
                                            Filter.EGRESS,
                                            2,
                                            new FilterKind.MatchSubnet(
                                                    IpPrefix.parse("10.8.0.0/13"),
                                                    false,
                                                    Optional.empty()))),
                            "-2/1 00000000"), // TCA_U32_CLASSID of flowid 0:0: none
                    same(
                            "tc filter add dev p egress protocol ipv6 prio 3 u32 match ip6 src"
                                    + " 2001:db8:1:2::/62 action mirred egress mirror dev ifb7",
                            Filters.add(
                                    Filter.of(
                                            P,
                                            Filter.EGRESS,
                                            3,
                                            new FilterKind.MatchSubnet(
                                                    IpPrefix.parse("2001:db8:1:2::/62"),
                                                    true,
                                                    Optional.of(
                                                            new FilterKind.Mirred(IFB, false)))))),
                    same(
                            "tc filter delete dev p egress protocol ip prio 2 u32",
                            Filters.delete(
                                    new Filter(
                                            P,
                                            Filter.EGRESS,
                                            2,
                                            Filter.IPV4,
                                            0,
                                            new FilterKind.Other("u32")))),
                    same("tc qdisc delete dev p clsact", Qdiscs.delete(Qdisc.clsact(P))));

    private static final Map<String, byte[]> RECORDED = recorded();

    @ParameterizedTest(name = "{0}")
    @FieldSource({"LINKS", "ADDRESSES_AND_NEIGHBOURS", "ROUTES_AND_RULES", "TRAFFIC"})
    void request_saysWhatIproute2Says(Case c) {
        byte[] theirs = Objects.requireNonNull(RECORDED.get(c.command()), "not recorded");
        List<String> wanted = new ArrayList<>(MessageTree.lines(theirs));
        List<String> ours = new ArrayList<>(MessageTree.lines(NetlinkSocket.encode(c.request())));
        List<String> differences = new ArrayList<>();
        wanted.stream().filter(line -> !ours.contains(line)).forEach(l -> differences.add("-" + l));
        ours.stream().filter(line -> !wanted.contains(line)).forEach(l -> differences.add("+" + l));
        assertThat(differences)
                .as("only theirs (-) and only ours (+)\ntheirs %s\nours %s", wanted, ours)
                .isEqualTo(c.differences());
        List<String> inCommon = new ArrayList<>(wanted);
        inCommon.retainAll(ours);
        ours.retainAll(wanted);
        assertThat(ours).as("what both say, and how often").isEqualTo(inCommon);
    }

    /** The decoders read the recorded bytes: an answer of the kernel has the same attributes. */
    @ParameterizedTest(name = "{0}")
    @FieldSource({"LINKS", "ADDRESSES_AND_NEIGHBOURS", "ROUTES_AND_RULES", "TRAFFIC"})
    void recordedRequest_isReadAsOurs(Case c) throws Exception {
        byte[] theirs = Objects.requireNonNull(RECORDED.get(c.command()), "not recorded");
        assertThat(read(theirs)).isEqualTo(read(NetlinkSocket.encode(c.request())));
    }

    private static List<Object> read(byte[] bytes) throws MalformedMessageException {
        NetlinkMessage message = NetlinkMessage.split(bytes).getFirst();
        List<Object> values = new ArrayList<>();
        if (message.type() == Rtm.NEWLINK && message.has(NetlinkMessage.NLM_F_CREATE)) {
            values.add(Links.decode(message).orElseThrow());
        }
        Addresses.decode(message).ifPresent(values::add);
        Neighbours.decode(message).ifPresent(values::add);
        Fdb.decode(message).ifPresent(values::add);
        Routes.decode(message).ifPresent(values::add);
        Rules.decode(message).ifPresent(values::add);
        Qdiscs.decode(message).filter(q -> !isWide(q)).ifPresent(values::add);
        Filters.decode(message).ifPresent(values::add);
        return values;
    }

    /** Of these iproute2 says the time of the burst otherwise: see the differences of requests. */
    private static boolean isWide(Qdisc qdisc) {
        return qdisc.kind() instanceof QdiscKind.Tbf tbf && tbf.rate() >>> 32 != 0;
    }

    @Test
    void everyRecordedRequest_isCompared() {
        List<String> compared = new ArrayList<>();
        for (List<Case> cases :
                List.of(LINKS, ADDRESSES_AND_NEIGHBOURS, ROUTES_AND_RULES, TRAFFIC)) {
            cases.forEach(c -> compared.add(c.command()));
        }
        assertThat(compared).containsExactlyInAnyOrderElementsOf(RECORDED.keySet());
    }

    private static Map<String, byte[]> recorded() {
        try (InputStream in =
                Objects.requireNonNull(
                        Iproute2RequestsTest.class.getResourceAsStream("iproute2-requests.txt"))) {
            Map<String, byte[]> requests = new LinkedHashMap<>();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            String command = "";
            StringBuilder hex = new StringBuilder();
            for (String line : text.lines().toList()) {
                if (line.startsWith("$ ")) {
                    command = line.substring(2);
                } else if (!line.isEmpty() && !line.startsWith("#")) {
                    hex.append(line.replace(" ", ""));
                } else if (!hex.isEmpty()) {
                    requests.put(command, HexFormat.of().parseHex(hex));
                    hex.setLength(0);
                }
            }
            assertThat(hex).as("the last request ends with an empty line").isEmpty();
            return requests;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static InetAddress ip(String text) {
        return IpAddresses.parse(text);
    }

    private static Route route(String destination, NextHop... hops) {
        return Route.to(IpPrefix.parse(destination), hops);
    }

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
