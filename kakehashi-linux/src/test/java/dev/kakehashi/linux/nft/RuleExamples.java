package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Dynset;
import dev.kakehashi.linux.nft.expr.DynsetOp;
import dev.kakehashi.linux.nft.expr.MetaKey;
import dev.kakehashi.linux.nft.expr.MetaSet;
import dev.kakehashi.linux.nft.expr.Numgen;
import dev.kakehashi.linux.nft.expr.Register;
import dev.kakehashi.linux.nft.expr.Reject;
import dev.kakehashi.linux.nft.expr.RejectType;
import dev.kakehashi.linux.nft.expr.Value;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Rules with the text that nft 1.0.6 lists for them. */
final class RuleExamples {
    static final NftSet ADDRESSES = NftSet.set("addresses", DataType.IPV4_ADDR);
    static final NftSet PORTS = NftSet.set("ports", DataType.IPV4_ADDR, DataType.INET_SERVICE);
    static final NftSet DYNAMIC =
            NftSet.set("seen", DataType.IPV4_ADDR)
                    .size(1000)
                    .flags(SetFlag.DYNAMIC, SetFlag.TIMEOUT);
    static final NftSet SERVICES =
            NftSet.verdictMap(
                    "services", DataType.IPV4_ADDR, DataType.INET_PROTO, DataType.INET_SERVICE);
    static final NftSet BACKENDS =
            NftSet.map(
                    "backends",
                    List.of(
                            DataType.IPV4_ADDR,
                            DataType.INET_PROTO,
                            DataType.INET_SERVICE,
                            DataType.MARK),
                    DataType.IPV4_ADDR,
                    DataType.INET_SERVICE);

    /** The sets that the rules refer to. */
    static final List<NftSet> SETS = List.of(ADDRESSES, PORTS, DYNAMIC, SERVICES, BACKENDS);

    /**
     * A rule.
     *
     * @param family of the table
     * @param type of the base chain that can hold it
     * @param hook of the base chain that can hold it
     */
    record Example(Family family, ChainType type, Hook hook, Rule rule, String text) {
        @Override
        public String toString() {
            return family + ": " + text;
        }
    }

    private final List<Example> examples = new ArrayList<>();

    private RuleExamples() {}

    static List<Example> all() {
        RuleExamples all = new RuleExamples();
        all.matches();
        all.sets();
        all.statements();
        all.nat();
        all.bridge();
        return all.examples;
    }

    private void filter(Family family, UnaryOperator<RuleBuilder> rule, String text) {
        add(family, ChainType.FILTER, Hook.PREROUTING, rule, text);
    }

    private void add(
            Family family,
            ChainType type,
            Hook hook,
            UnaryOperator<RuleBuilder> rule,
            String text) {
        examples.add(new Example(family, type, hook, rule.apply(Rule.in(family)).build(), text));
    }

    private static InetAddress ip(String text) {
        return IpAddresses.parse(text);
    }

    private static IpPrefix net(String text) {
        return IpPrefix.parse(text);
    }

    private void matches() {
        Family inet = Family.INET;
        filter(inet, r -> r.saddr(ip("10.1.2.3")).accept(), "ip saddr 10.1.2.3 accept");
        filter(
                inet,
                r -> r.saddr(net("10.1.0.0/16")).daddrNot(net("224.0.0.0/4")).accept(),
                "ip saddr 10.1.0.0/16 ip daddr != 224.0.0.0/4 accept");
        filter(inet, r -> r.saddr(net("10.1.0.0/20")).drop(), "ip saddr 10.1.0.0/20 drop");
        filter(inet, r -> r.saddr(net("0.0.0.0/0")).drop(), "ip saddr 0.0.0.0/0 drop");
        filter(
                inet,
                r -> r.saddr(net("fd00::/64")).daddrNot(net("ff00::/8")).accept(),
                "ip6 saddr fd00::/64 ip6 daddr != ff00::/8 accept");
        filter(inet, r -> r.saddr(net("fd00:1:2::/45")).drop(), "ip6 saddr fd00:1::/45 drop");
        filter(Family.IP, r -> r.daddr(net("10.0.0.0/24")).accept(), "ip daddr 10.0.0.0/24 accept");
        filter(
                Family.IP6,
                r -> r.saddrNot(net("fd00::1/128")).accept(),
                "ip6 saddr != fd00::1 accept");
        filter(inet, r -> r.iifname("eth0").accept(), "iifname \"eth0\" accept");
        filter(inet, r -> r.iifname("kk*").accept(), "iifname \"kk*\" accept");
        filter(inet, r -> r.iifnameNot("kk*").accept(), "iifname != \"kk*\" accept");
        filter(
                inet,
                r -> r.match(Selector.META_NFPROTO, Match.is(Value.u8(2))).accept(),
                "meta nfproto ipv4 accept");
        filter(inet, r -> r.l4proto(TransportProtocol.UDP).accept(), "meta l4proto udp accept");
        filter(inet, r -> r.dport(TransportProtocol.TCP, 80).accept(), "tcp dport 80 accept");
        filter(inet, r -> r.sport(TransportProtocol.UDP, 53).accept(), "udp sport 53 accept");
        filter(
                inet,
                r ->
                        r.match(
                                        Selector.TCP_DPORT,
                                        Match.between(Value.be16(1000), Value.be16(2000)))
                                .accept(),
                "tcp dport 1000-2000 accept");
        filter(
                inet,
                r ->
                        r.match(Selector.SCTP_DPORT, Match.notBetween(Value.be16(1), Value.be16(9)))
                                .accept(),
                "sctp dport != 1-9 accept");
        filter(
                inet,
                r -> r.match(Selector.ICMP_TYPE, Match.is(Value.u8(8))).accept(),
                "icmp type echo-request accept");
        filter(
                inet,
                r -> r.match(Selector.ICMPV6_TYPE, Match.is(Value.u8(135))).accept(),
                "icmpv6 type nd-neighbor-solicit accept");
        filter(inet, r -> r.mark(0x10).accept(), "meta mark 0x00000010 accept");
        filter(
                inet,
                r -> r.markMasked(0x2000, 0x2000).accept(),
                "meta mark & 0x00002000 == 0x00002000 accept");
        filter(
                inet,
                r -> r.match(Selector.META_MARK, Match.any(Value.host32(0x4000))).accept(),
                "meta mark & 0x00004000 != 0x00000000 accept");
        filter(
                inet,
                r -> r.match(Selector.CT_MARK, Match.is(Value.host32(0x10))).accept(),
                "ct mark 0x00000010 accept");
        filter(
                inet,
                r -> r.ctState(CtState.ESTABLISHED, CtState.RELATED).accept(),
                "ct state established,related accept");
        filter(inet, r -> r.ctState(CtState.INVALID).drop(), "ct state invalid drop");
        filter(inet, r -> r.ctStatus(CtStatus.DNAT).accept(), "ct status dnat accept");
        filter(
                inet,
                r -> r.match(Selector.CT_DIRECTION, Match.is(Value.u8(0))).accept(),
                "ct direction original accept");
        filter(
                inet,
                r -> r.match(Selector.CT_ORIGINAL_IP_DADDR, Match.is(ip("1.2.3.4"))).accept(),
                "ct original ip daddr 1.2.3.4 accept");
        filter(
                inet,
                r -> r.fibDaddrType(AddressType.LOCAL).accept(),
                "fib daddr type local accept");
        filter(
                inet,
                r -> r.etherSaddr(MacAddress.parse("02:00:00:00:00:01")).accept(),
                "ether saddr 02:00:00:00:00:01 accept");
        filter(
                inet,
                r -> r.match(Selector.META_PKTTYPE, Match.is(Value.u8(1))).drop(),
                "meta pkttype broadcast drop");
        filter(
                inet,
                r -> r.match(Selector.META_SKUID, Match.is(Value.host32(0))).accept(),
                "meta skuid 0 accept");
        filter(
                Family.INET,
                r -> r.match(Selector.IP_PROTOCOL, Match.is(Value.u8(1))).accept(),
                "ip protocol icmp accept");
    }

    private void sets() {
        Family inet = Family.INET;
        filter(
                inet,
                r -> r.match(Selector.IP_SADDR, Match.in("addresses")).accept(),
                "ip saddr @addresses accept");
        filter(
                inet,
                r -> r.match(Selector.IP_SADDR, Match.notIn("addresses")).accept(),
                "ip saddr != @addresses accept");
        filter(
                inet,
                r -> r.in(PORTS, Selector.IP_DADDR, Selector.TCP_DPORT).accept(),
                "ip daddr . tcp dport @ports accept");
        filter(
                inet,
                r -> r.notIn(PORTS, Selector.IP_DADDR, Selector.UDP_DPORT).drop(),
                "ip daddr . udp dport != @ports drop");
        filter(
                inet,
                r -> r.vmap(SERVICES, Selector.IP_DADDR, Selector.META_L4PROTO, Selector.TH_DPORT),
                "ip daddr . meta l4proto . th dport vmap @services");
        filter(
                Family.IP,
                r ->
                        r.expression(Selector.IP_SADDR.load(Register.word(0)))
                                .expression(
                                        new Dynset(
                                                DynsetOp.UPDATE,
                                                "seen",
                                                Register.word(0),
                                                Register.NONE,
                                                10_000))
                                .accept(),
                "update @seen { ip saddr timeout 10s } accept");
    }

    private void statements() {
        Family inet = Family.INET;
        filter(inet, r -> r.jump("other"), "jump other");
        filter(inet, r -> r.iifname("a").goTo("other"), "iifname \"a\" goto other");
        filter(inet, r -> r.returns(), "return");
        filter(inet, r -> r.accept().comment("why: a b"), "accept comment \"why: a b\"");
        filter(inet, r -> r.limit(10, LimitUnit.SECOND, 5).accept(), "limit rate 10/second accept");
        filter(
                inet,
                r -> r.limitOver(400, LimitUnit.MINUTE, 20).drop(),
                "limit rate over 400/minute burst 20 packets drop");
        filter(inet, r -> r.setMark(MarkChange.to(0x10)), "meta mark set 0x00000010");
        filter(inet, r -> r.setMark(MarkChange.or(0x4000)), "meta mark set meta mark | 0x00004000");
        filter(inet, r -> r.setMark(MarkChange.and(0xff)), "meta mark set meta mark & 0x000000ff");
        filter(
                inet,
                r -> r.setMark(MarkChange.xor(0x4000)),
                "meta mark set meta mark ^ 0x00004000");
        filter(inet, r -> r.setMark(MarkChange.from(Selector.CT_MARK)), "meta mark set ct mark");
        filter(
                inet,
                r ->
                        r.expression(new Numgen(Register.word(0), 2, true, 0))
                                .expression(new MetaSet(MetaKey.MARK, Register.word(0))),
                "meta mark set numgen random mod 2");
        add(inet, ChainType.FILTER, Hook.FORWARD, r -> r.reject(), "reject");
        add(Family.IP, ChainType.FILTER, Hook.FORWARD, r -> r.reject(), "reject");
        add(Family.IP6, ChainType.FILTER, Hook.FORWARD, r -> r.reject(), "reject");
        add(
                inet,
                ChainType.FILTER,
                Hook.FORWARD,
                r -> r.rejectWithTcpReset(),
                "meta l4proto tcp reject with tcp reset");
        add(
                inet,
                ChainType.FILTER,
                Hook.FORWARD,
                r -> r.expression(new Reject(RejectType.ICMPX, 3)),
                "reject with icmpx admin-prohibited");
        filter(inet, r -> r.log("x: ").drop(), "log prefix \"x: \" drop");
        filter(inet, r -> r.notrack(), "notrack");
        filter(inet, r -> r.tcpSyn().jump("other"), "tcp flags syn / syn,rst jump other");
        add(
                inet,
                ChainType.FILTER,
                Hook.FORWARD,
                r -> r.oifname("flannel.1").clampMss(),
                "oifname \"flannel.1\" tcp flags syn / syn,rst tcp option maxseg size set rt mtu");
        filter(
                inet,
                r -> r.match(Selector.TCP_FLAGS, Match.any(Value.u8(2))).accept(),
                "tcp flags syn accept");
        filter(inet, r -> r.counter().drop(), "counter drop");
    }

    private void nat() {
        Family inet = Family.INET;
        post(
                inet,
                r -> r.saddr(ip("10.1.2.3")).daddrNot(net("10.1.2.0/24")).masquerade().comment("c"),
                "ip saddr 10.1.2.3 ip daddr != 10.1.2.0/24 masquerade comment \"c\"");
        post(
                inet,
                r -> r.saddr(net("10.0.0.0/8")).nat(Translation.masquerade().fullyRandom()),
                "ip saddr 10.0.0.0/8 masquerade fully-random");
        post(
                inet,
                r -> r.nat(Translation.masquerade().random().persistent()),
                "masquerade random,persistent");
        post(inet, r -> r.nat(Translation.snat(ip("1.2.3.4"))), "snat ip to 1.2.3.4");
        post(inet, r -> r.nat(Translation.snat(ip("fd00::1"))), "snat ip6 to fd00::1");
        pre(
                inet,
                r -> r.dport(TransportProtocol.TCP, 8080).nat(Translation.dnat(ip("10.0.0.5"), 80)),
                "tcp dport 8080 dnat ip to 10.0.0.5:80");
        pre(
                Family.IP,
                r ->
                        r.daddr(ip("1.2.3.4"))
                                .dport(TransportProtocol.TCP, 80)
                                .nat(Translation.dnat(ip("10.0.0.1"), 8080))
                                .comment("id"),
                "ip daddr 1.2.3.4 tcp dport 80 dnat to 10.0.0.1:8080 comment \"id\"");
        pre(
                Family.IP6,
                r -> r.dport(TransportProtocol.UDP, 53).nat(Translation.dnat(ip("fd00::5"), 5353)),
                "udp dport 53 dnat to [fd00::5]:5353");
        pre(
                inet,
                r -> r.dport(TransportProtocol.TCP, 1).nat(Translation.redirect(8080)),
                "tcp dport 1 redirect to :8080");
        pre(inet, r -> r.nat(Translation.redirect(0)), "redirect");
        pre(
                inet,
                r ->
                        r.l4proto(TransportProtocol.TCP)
                                .nat(
                                        Translation.dnat(
                                                BACKENDS,
                                                Selector.IP_DADDR,
                                                Selector.META_L4PROTO,
                                                Selector.TH_DPORT,
                                                Selector.META_MARK)),
                "dnat ip to ip daddr . meta l4proto . tcp dport . meta mark map" + " @backends");
    }

    private void post(Family family, UnaryOperator<RuleBuilder> rule, String text) {
        add(family, ChainType.NAT, Hook.POSTROUTING, rule, text);
    }

    private void pre(Family family, UnaryOperator<RuleBuilder> rule, String text) {
        add(family, ChainType.NAT, Hook.PREROUTING, rule, text);
    }

    private void bridge() {
        Family bridge = Family.BRIDGE;
        filter(
                bridge,
                r -> r.iifname("veth0").jump("other").comment("macspoofchk-x"),
                "iifname \"veth0\" jump other comment \"macspoofchk-x\"");
        filter(
                bridge,
                r -> r.etherSaddr(MacAddress.parse("02:00:00:00:00:01")).returns(),
                "ether saddr 02:00:00:00:00:01 return");
        filter(bridge, r -> r.drop(), "drop");
        filter(bridge, r -> r.saddr(ip("1.2.3.4")).accept(), "ip saddr 1.2.3.4 accept");
        filter(
                bridge,
                r -> r.match(Selector.ARP_SADDR_IP, Match.is(ip("1.2.3.4"))).accept(),
                "arp saddr ip 1.2.3.4 accept");
        filter(
                bridge,
                r -> r.match(Selector.ETHER_TYPE, Match.is(Value.be16(0x0806))).accept(),
                "ether type arp accept");
    }
}
