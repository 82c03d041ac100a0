package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.ChainType;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Hook;
import dev.kakehashi.linux.nft.Match;
import dev.kakehashi.linux.nft.NftSet;
import dev.kakehashi.linux.nft.Priority;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.RuleBuilder;
import dev.kakehashi.linux.nft.Ruleset;
import dev.kakehashi.linux.nft.Selector;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.Translation;
import dev.kakehashi.linux.nft.TransportProtocol;
import dev.kakehashi.linux.nft.expr.Cmp;
import dev.kakehashi.linux.nft.expr.CmpOp;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Immediate;
import dev.kakehashi.linux.nft.expr.Masquerade;
import dev.kakehashi.linux.nft.expr.NatFlags;
import dev.kakehashi.linux.nft.expr.Payload;
import dev.kakehashi.linux.nft.expr.PayloadBase;
import dev.kakehashi.linux.nft.expr.Register;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.state.Ownership;

import java.util.ArrayList;
import java.util.List;

/**
 * The node's own nftables table: masquerade, acceptance of the network's packets, and the guard of
 * the overlay.
 *
 * <p>The rules of masquerade are those of Flannel: between pods never, to pods of this node never
 * (a client from outside keeps its address), from a pod to the outside always but for multicast,
 * and from a host that is no pod to pods of another node too, since the answer would otherwise take
 * another way.
 */
final class NodeTable {
    /** kube-proxy's mark on what it will masquerade itself. */
    private static final int KUBE_PROXY_MARK = 0x4000;

    private static final IpPrefix MULTICAST_IPV4 = IpPrefix.parse("224.0.0.0/4");
    private static final IpPrefix MULTICAST_IPV6 = IpPrefix.parse("ff00::/8");

    /**
     * The identifier in a packet: 8 octets of UDP header, 4 of VXLAN flags (RFC 7348, section 5).
     */
    private static final int VNI_OFFSET = 12;

    private static final int VNI_LENGTH = 3;

    /** IPv4 in IP (RFC 2003). */
    private static final int IPPROTO_IPIP = 4;

    /** The chain that only new TCP connections are sent through. */
    private static final String SEGMENT_SIZES = "mss";

    /** Ports that are no system's own (RFC 6335). */
    private static final int FIRST_PORT = 1024;

    private static final int LAST_PORT = 65535;

    private NodeTable() {}

    static Ruleset of(
            Network network,
            SelfNode self,
            Senders senders,
            Masquerading masquerading,
            List<Envelope> envelopes) {
        Ruleset.Builder table =
                Ruleset.of(
                        Table.of(Family.INET, Ownership.NFT_TABLE)
                                .comment("network " + network.name() + " of Kakehashi"));
        if (!envelopes.isEmpty()) {
            for (boolean ipv4 : new boolean[] {true, false}) {
                if (envelopes.stream().anyMatch(e -> families(network, self, e).contains(ipv4))) {
                    table.set(senders.of(ipv4));
                }
            }
            table.chain(
                    Chain.base("overlay", ChainType.FILTER, Hook.INPUT, Priority.FILTER),
                    envelopes.stream()
                            .flatMap(envelope -> guards(network, self, envelope).stream())
                            .toList());
        }
        table.chain(
                Chain.base("forward", ChainType.FILTER, Hook.FORWARD, Priority.FILTER),
                forwards(network));
        table.chain(Chain.regular(SEGMENT_SIZES), clamps(network));
        if (network.spec().masquerade()) {
            table.chain(
                    Chain.base("postrouting", ChainType.NAT, Hook.POSTROUTING, Priority.SRCNAT),
                    masquerades(network, self, masquerading, envelopes));
        }
        return table.build();
    }

    static NftSet sendersSet(boolean ipv4) {
        return NftSet.set(ipv4 ? "nodes" : "nodes6", ipv4 ? DataType.IPV4_ADDR : DataType.IPV6_ADDR)
                .comment("addresses from which overlay packets are taken");
    }

    /** The families that the tunnel hears: WireGuard's socket is for both, whatever it carries. */
    private static List<Boolean> families(Network network, SelfNode self, Envelope envelope) {
        List<Boolean> families = new ArrayList<>();
        for (boolean ipv4 : new boolean[] {true, false}) {
            if (envelope instanceof Envelope.Wireguard
                    || self.families(network).stream()
                            .anyMatch(pods -> self.goesByIpv4(pods) == ipv4)) {
                families.add(ipv4);
            }
        }
        return families;
    }

    /** Tunnels take packets from anybody: without this a stranger could send as any pod. */
    private static List<Rule> guards(Network network, SelfNode self, Envelope envelope) {
        List<Rule> rules = new ArrayList<>();
        for (boolean ipv4 : families(network, self, envelope)) {
            for (RuleBuilder packets : wrapped(envelope)) {
                rules.add(
                        packets.notIn(
                                        sendersSet(ipv4),
                                        ipv4 ? Selector.IP_SADDR : Selector.IP6_SADDR)
                                .counter()
                                .drop()
                                .comment("overlay packets of strangers")
                                .build());
            }
        }
        return rules;
    }

    /** The beginnings of rules about what an overlay has wrapped. */
    private static List<RuleBuilder> wrapped(Envelope envelope) {
        return switch (envelope) {
            case Envelope.Vxlan(int port, int vni) -> {
                Register register = Register.word(0);
                byte[] octets = Value.be32(vni).bytes();
                Value network = Value.of(new byte[] {octets[1], octets[2], octets[3]});
                yield List.of(
                        rule().dport(TransportProtocol.UDP, port)
                                .expression(
                                        new Payload(
                                                PayloadBase.TRANSPORT,
                                                VNI_OFFSET,
                                                VNI_LENGTH,
                                                register))
                                .expression(new Cmp(CmpOp.EQ, register, network)));
            }
            case Envelope.Ipip() ->
                    List.of(rule().match(Selector.META_L4PROTO, Match.is(Value.u8(IPPROTO_IPIP))));
            case Envelope.Wireguard(int port, int beside, boolean separate) ->
                    separate
                            ? List.of(
                                    rule().dport(TransportProtocol.UDP, port),
                                    rule().dport(TransportProtocol.UDP, beside))
                            : List.of(rule().dport(TransportProtocol.UDP, port));
        };
    }

    /**
     * A pod may believe in a larger MTU than the way has: it keeps the one it began with when the
     * carrier is changed, and what is outside knows nothing of an overlay.
     */
    private static List<Rule> clamps(Network network) {
        List<Rule> rules = new ArrayList<>();
        for (IpPrefix cidr : network.spec().cidrs()) {
            rules.add(rule().saddr(cidr).clampMss().build());
            rules.add(rule().daddr(cidr).clampMss().build());
        }
        return rules;
    }

    /**
     * The clamps come before the acceptance, which ends the chain, and behind one question: with a
     * hook of their own, asked for each packet, they took 3 to 4 % of request and response. That
     * others usually clamp earlier (priority mangle) does not matter: the kernel only makes a
     * segment size smaller (nft_exthdr.c, {@code nft_exthdr_tcp_set_eval}).
     */
    private static List<Rule> forwards(Network network) {
        List<Rule> rules = new ArrayList<>();
        rules.add(rule().tcpSyn().jump(SEGMENT_SIZES).build());
        for (IpPrefix cidr : network.spec().cidrs()) {
            rules.add(rule().saddr(cidr).accept().build());
            rules.add(rule().daddr(cidr).accept().build());
        }
        return rules;
    }

    private static List<Rule> masquerades(
            Network network, SelfNode self, Masquerading masquerading, List<Envelope> envelopes) {
        int[] ports =
                envelopes.stream()
                        .flatMap(envelope -> envelope.udpPorts().stream())
                        .mapToInt(Integer::intValue)
                        .sorted()
                        .distinct()
                        .toArray();
        List<Rule> rules = new ArrayList<>();
        rules.add(
                rule().markMasked(KUBE_PROXY_MARK, KUBE_PROXY_MARK)
                        .returns()
                        .comment("kube-proxy masquerades these")
                        .build());
        for (boolean ipv4 : self.families(network)) {
            IpPrefix cidr = range(network, self, ipv4);
            IpPrefix multicast = ipv4 ? MULTICAST_IPV4 : MULTICAST_IPV6;
            Translation masquerade = Translation.masquerade().fullyRandom();
            rules.add(rule().saddr(cidr).daddr(cidr).returns().comment("pod to pod").build());
            for (IpPrefix subnet : self.subnets(ipv4)) {
                rules.add(rule().daddr(subnet).returns().comment("to a pod of this node").build());
            }
            exceptions(rules, masquerading, ipv4);
            if (ports.length > 0) {
                rules.add(udpBesideOverlays(ports, cidr, multicast));
            }
            rules.add(
                    rule().saddr(cidr)
                            .daddrNot(multicast)
                            .nat(masquerade)
                            .comment("pod to the outside")
                            .build());
            rules.add(
                    rule().saddrNot(cidr)
                            .daddr(cidr)
                            .nat(masquerade)
                            .comment("host to a pod of another node")
                            .build());
        }
        return rules;
    }

    /** The network's addresses of a family. */
    private static IpPrefix range(Network network, SelfNode self, boolean ipv4) {
        return network.spec().cidrs().stream()
                .filter(cidr -> cidr.isIpv4() == ipv4)
                .findFirst()
                .orElseGet(() -> self.subnets(ipv4).getFirst());
    }

    private static void exceptions(List<Rule> rules, Masquerading masquerading, boolean ipv4) {
        for (Masquerading.Exempt exempt : masquerading.exceptions()) {
            if (exempt.pods().isIpv4() != ipv4) {
                continue;
            }
            String why = "pods of pool " + exempt.pool() + " show their own address";
            if (exempt.toAll()) {
                rules.add(rule().saddr(exempt.pods()).returns().comment(why).build());
            }
            for (IpPrefix to : exempt.destinations()) {
                rules.add(rule().saddr(exempt.pods()).daddr(to).returns().comment(why).build());
            }
        }
    }

    /**
     * Masquerade may choose any port. Were it an overlay's, the answers would go into the tunnel
     * device and not back to the pod: so UDP has the largest range of ports beside them.
     */
    private static Rule udpBesideOverlays(int[] ports, IpPrefix cidr, IpPrefix multicast) {
        int first = FIRST_PORT;
        int last = FIRST_PORT;
        for (int i = 0; i <= ports.length; i++) {
            int from = i == 0 ? FIRST_PORT : Math.max(FIRST_PORT, ports[i - 1] + 1);
            int to = i == ports.length ? LAST_PORT : ports[i] - 1;
            if (to - from > last - first) {
                first = from;
                last = to;
            }
        }
        Register lowest = Register.word(0);
        Register highest = Register.word(1);
        return rule().saddr(cidr)
                .daddrNot(multicast)
                .l4proto(TransportProtocol.UDP)
                .expression(new Immediate(lowest, Value.be16(first)))
                .expression(new Immediate(highest, Value.be16(last)))
                .expression(
                        new Masquerade(
                                NatFlags.PROTO_SPECIFIED | NatFlags.FULLY_RANDOM, lowest, highest))
                .comment("pod to the outside, never from the port of the overlay")
                .build();
    }

    private static RuleBuilder rule() {
        return Rule.in(Family.INET);
    }
}
