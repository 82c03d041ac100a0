package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.nft.expr.Bitwise;
import dev.kakehashi.linux.nft.expr.Byteorder;
import dev.kakehashi.linux.nft.expr.Cmp;
import dev.kakehashi.linux.nft.expr.CmpOp;
import dev.kakehashi.linux.nft.expr.Counter;
import dev.kakehashi.linux.nft.expr.Expression;
import dev.kakehashi.linux.nft.expr.Immediate;
import dev.kakehashi.linux.nft.expr.Limit;
import dev.kakehashi.linux.nft.expr.Log;
import dev.kakehashi.linux.nft.expr.Lookup;
import dev.kakehashi.linux.nft.expr.Notrack;
import dev.kakehashi.linux.nft.expr.Range;
import dev.kakehashi.linux.nft.expr.Register;
import dev.kakehashi.linux.nft.expr.Reject;
import dev.kakehashi.linux.nft.expr.RejectType;
import dev.kakehashi.linux.nft.expr.Rt;
import dev.kakehashi.linux.nft.expr.TcpOptionSet;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.linux.nft.expr.Verdict;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a rule in the order and with the words of nft. As nft does, it adds the comparison of the
 * protocol before a header's field is read, and compares prefixes of whole bytes without a mask;
 * the result is what nft 1.0.6 makes of the same text.
 *
 * <p>Conditions come first, then what is to be done, at the end at most one verdict or translation.
 * Not thread-safe.
 */
public final class RuleBuilder {
    private static final Register REG = Register.word(0);
    private static final int TCP_SYN = 2;
    private static final int TCP_RST = 4;

    private final Family family;
    private final ProtocolContext context;
    private final List<Expression> expressions = new ArrayList<>();
    private String comment = "";

    RuleBuilder(Family family) {
        this.family = family;
        this.context = new ProtocolContext(family);
    }

    /** The finished rule. */
    public Rule build() {
        return new Rule(expressions, comment);
    }

    /** {@code comment "…"}: at most 128 bytes. */
    public RuleBuilder comment(String text) {
        comment = text;
        return this;
    }

    /** Any condition: {@code SELECTOR MATCH}. */
    public RuleBuilder match(Selector selector, Match match) {
        context.require(selector.protocol(), expressions);
        switch (match) {
            case Match.Compare m -> {
                add(selector.load(REG));
                add(new Cmp(m.op(), REG, m.value()));
                if (m.op() == CmpOp.EQ) {
                    learn(selector, m.value());
                }
            }
            case Match.Prefix m -> prefix(selector, m.inverted(), m.prefix());
            case Match.Between m -> {
                add(selector.load(REG));
                if (m.inverted()) {
                    add(new Range(true, REG, m.from(), m.to()));
                } else {
                    add(new Cmp(CmpOp.GTE, REG, m.from()));
                    add(new Cmp(CmpOp.LTE, REG, m.to()));
                }
            }
            case Match.Masked m -> {
                add(selector.load(REG));
                add(new Bitwise(REG, REG, m.mask(), zeros(m.mask().length())));
                add(new Cmp(m.op(), REG, m.value()));
            }
            case Match.InSet m -> {
                add(selector.load(REG));
                add(new Lookup(m.set(), REG, Register.NONE, m.inverted()));
            }
        }
        return this;
    }

    private void prefix(Selector selector, boolean inverted, IpPrefix prefix) {
        CmpOp op = inverted ? CmpOp.NEQ : CmpOp.EQ;
        Value network = Element.first(prefix);
        int length = prefix.length();
        if (length % 8 == 0 && length > 0) {
            int bytes = length / 8;
            add(selector.loadFirst(bytes, REG));
            add(new Cmp(op, REG, network.slice(0, bytes)));
        } else {
            add(selector.load(REG));
            Value mask = Value.mask(length, network.length());
            add(new Bitwise(REG, REG, mask, zeros(mask.length())));
            add(new Cmp(op, REG, network));
        }
    }

    private static Value zeros(int length) {
        return Value.of(new byte[length]);
    }

    private void learn(Selector selector, Value value) {
        Protocol known =
                switch (selector) {
                    case META_NFPROTO -> Protocol.ofNfproto(value.bigEndian());
                    case META_PROTOCOL, ETHER_TYPE ->
                            Protocol.of(Protocol.Layer.NETWORK, value.bigEndian());
                    case META_L4PROTO, IP_PROTOCOL, IP6_NEXTHDR ->
                            Protocol.of(Protocol.Layer.TRANSPORT, value.bigEndian());
                    default -> Protocol.ANY;
                };
        context.know(known);
    }

    private RuleBuilder add(Expression expression) {
        expressions.add(expression);
        return this;
    }

    /** {@code ip saddr ADDRESS}, or {@code ip6 saddr}. */
    public RuleBuilder saddr(InetAddress address) {
        return match(saddrOf(address), Match.is(address));
    }

    /** {@code ip saddr PREFIX}, or {@code ip6 saddr}. */
    public RuleBuilder saddr(IpPrefix prefix) {
        return match(saddrOf(prefix.address()), Match.in(prefix));
    }

    /** {@code ip saddr != PREFIX}, or {@code ip6 saddr}. */
    public RuleBuilder saddrNot(IpPrefix prefix) {
        return match(saddrOf(prefix.address()), Match.notIn(prefix));
    }

    /** {@code ip daddr ADDRESS}, or {@code ip6 daddr}. */
    public RuleBuilder daddr(InetAddress address) {
        return match(daddrOf(address), Match.is(address));
    }

    /** {@code ip daddr PREFIX}, or {@code ip6 daddr}. */
    public RuleBuilder daddr(IpPrefix prefix) {
        return match(daddrOf(prefix.address()), Match.in(prefix));
    }

    /** {@code ip daddr != PREFIX}, or {@code ip6 daddr}. */
    public RuleBuilder daddrNot(IpPrefix prefix) {
        return match(daddrOf(prefix.address()), Match.notIn(prefix));
    }

    private static Selector saddrOf(InetAddress address) {
        return address instanceof Inet4Address ? Selector.IP_SADDR : Selector.IP6_SADDR;
    }

    private static Selector daddrOf(InetAddress address) {
        return address instanceof Inet4Address ? Selector.IP_DADDR : Selector.IP6_DADDR;
    }

    /** {@code ether saddr MAC}. */
    public RuleBuilder etherSaddr(MacAddress address) {
        return match(Selector.ETHER_SADDR, Match.is(address));
    }

    /** {@code iifname "NAME"}; a trailing {@code *} stands for any rest. */
    public RuleBuilder iifname(String name) {
        return match(Selector.IIFNAME, Match.is(interfaceName(name)));
    }

    /** {@code iifname != "NAME"}; a trailing {@code *} stands for any rest. */
    public RuleBuilder iifnameNot(String name) {
        return match(Selector.IIFNAME, Match.isNot(interfaceName(name)));
    }

    /** {@code oifname "NAME"}; a trailing {@code *} stands for any rest. */
    public RuleBuilder oifname(String name) {
        return match(Selector.OIFNAME, Match.is(interfaceName(name)));
    }

    /** {@code oifname != "NAME"}; a trailing {@code *} stands for any rest. */
    public RuleBuilder oifnameNot(String name) {
        return match(Selector.OIFNAME, Match.isNot(interfaceName(name)));
    }

    private static Value interfaceName(String name) {
        return name.endsWith("*")
                ? Value.interfaceNamePrefix(name.substring(0, name.length() - 1))
                : Value.interfaceName(name);
    }

    /** {@code meta l4proto PROTOCOL}. */
    public RuleBuilder l4proto(TransportProtocol protocol) {
        return match(Selector.META_L4PROTO, Match.is(Value.u8(protocol.number())));
    }

    /** {@code tcp dport PORT}, {@code udp dport PORT} …: with the comparison of the protocol. */
    public RuleBuilder dport(TransportProtocol protocol, int port) {
        context.require(protocol.protocol(), expressions);
        return match(Selector.TH_DPORT, Match.is(Value.be16(port)));
    }

    /** {@code tcp sport PORT}, {@code udp sport PORT} …: with the comparison of the protocol. */
    public RuleBuilder sport(TransportProtocol protocol, int port) {
        context.require(protocol.protocol(), expressions);
        return match(Selector.TH_SPORT, Match.is(Value.be16(port)));
    }

    /** {@code fib daddr type TYPE}: what the destination is to this machine. */
    public RuleBuilder fibDaddrType(AddressType type) {
        return match(Selector.FIB_DADDR_TYPE, Match.is(Value.host32(type.number())));
    }

    /** {@code ct state STATE,…}: any of them. */
    public RuleBuilder ctState(CtState... states) {
        int bits = 0;
        for (CtState state : states) {
            bits |= state.bit();
        }
        return match(Selector.CT_STATE, Match.any(Value.host32(bits)));
    }

    /** {@code ct status STATUS,…}: any of them. */
    public RuleBuilder ctStatus(CtStatus... statuses) {
        int bits = 0;
        for (CtStatus status : statuses) {
            bits |= status.bit();
        }
        return match(Selector.CT_STATUS, Match.any(Value.host32(bits)));
    }

    /** {@code meta mark MARK}: the whole mark. */
    public RuleBuilder mark(int mark) {
        return match(Selector.META_MARK, Match.is(Value.host32(mark)));
    }

    /** {@code meta mark and MASK == VALUE}. */
    public RuleBuilder markMasked(int mask, int value) {
        return match(Selector.META_MARK, Match.masked(Value.host32(mask), Value.host32(value)));
    }

    /** {@code SELECTOR . SELECTOR @SET}: the concatenation is an element of the set. */
    public RuleBuilder in(NftSet set, Selector... selectors) {
        loadKey(set, selectors);
        return add(new Lookup(set.name(), REG, Register.NONE, false));
    }

    /** {@code SELECTOR . SELECTOR != @SET}: the concatenation is no element of the set. */
    public RuleBuilder notIn(NftSet set, Selector... selectors) {
        loadKey(set, selectors);
        return add(new Lookup(set.name(), REG, Register.NONE, true));
    }

    /**
     * {@code SELECTOR . SELECTOR vmap @MAP}: the verdict that the map has for the concatenation;
     * without one the next rule follows.
     */
    public RuleBuilder vmap(NftSet map, Selector... selectors) {
        if (!map.isVerdictMap()) {
            throw new IllegalArgumentException(map.name() + " is no verdict map");
        }
        loadKey(map, selectors);
        return add(new Lookup(map.name(), REG, Register.VERDICT, false));
    }

    /**
     * {@code SELECTOR . SELECTOR map @MAP}: leaves the data in the first register, for a
     * translation or a mark.
     */
    RuleBuilder lookup(NftSet map, Selector... selectors) {
        loadKey(map, selectors);
        return add(new Lookup(map.name(), REG, REG, false));
    }

    private void loadKey(NftSet set, Selector... selectors) {
        if (selectors.length != set.key().size()) {
            throw new IllegalArgumentException(
                    "the key of "
                            + set.name()
                            + " has "
                            + set.key().size()
                            + " parts, not "
                            + selectors.length);
        }
        for (Selector selector : selectors) {
            context.require(selector.protocol(), expressions);
        }
        int word = 0;
        for (int i = 0; i < selectors.length; i++) {
            if (selectors[i].type() != set.key().get(i)) {
                throw new IllegalArgumentException(
                        selectors[i].text()
                                + " is "
                                + selectors[i].type().text()
                                + ", but the key of "
                                + set.name()
                                + " has "
                                + set.key().get(i).text()
                                + " there");
            }
            add(selectors[i].load(Register.word(word)));
            word += Value.padded(selectors[i].type().length()) / 4;
        }
    }

    /** {@code counter}. */
    public RuleBuilder counter() {
        return add(new Counter());
    }

    /** {@code limit rate RATE/UNIT burst BURST packets}: goes on up to the rate. */
    public RuleBuilder limit(long rate, LimitUnit unit, int burst) {
        return add(new Limit(rate, unit.seconds(), burst, false, false));
    }

    /** {@code limit rate over RATE/UNIT burst BURST packets}: goes on above the rate. */
    public RuleBuilder limitOver(long rate, LimitUnit unit, int burst) {
        return add(new Limit(rate, unit.seconds(), burst, false, true));
    }

    /** {@code log prefix "…"} with the level warning. */
    public RuleBuilder log(String prefix) {
        return add(new Log(prefix, -1, Log.WARNING));
    }

    /** {@code tcp flags syn / syn,rst}: the first packet of each side of a new TCP connection. */
    public RuleBuilder tcpSyn() {
        return match(
                Selector.TCP_FLAGS, Match.masked(Value.u8(TCP_SYN | TCP_RST), Value.u8(TCP_SYN)));
    }

    /**
     * {@code tcp flags syn / syn,rst tcp option maxseg size set rt mtu}: new TCP connections use
     * segments that fit the route, where an overlay's smaller MTU is not learned by its ends.
     */
    public RuleBuilder clampMss() {
        int length = 2;
        int offset = 2;
        return tcpSyn().expression(new Rt(Rt.TCPMSS, REG))
                .expression(new Byteorder(REG, REG, true, length, length))
                .expression(new TcpOptionSet(TcpOptionSet.MAXSEG, offset, length, REG));
    }

    /** {@code notrack}. */
    public RuleBuilder notrack() {
        return add(new Notrack());
    }

    /** {@code meta mark set …}. */
    public RuleBuilder setMark(MarkChange change) {
        change.append(expressions);
        return this;
    }

    /** {@code accept}: the packet leaves this base chain; later ones may still drop it. */
    public RuleBuilder accept() {
        return verdict(Verdict.ACCEPT);
    }

    /** {@code drop}. */
    public RuleBuilder drop() {
        return verdict(Verdict.DROP);
    }

    /** {@code return}: back to the calling chain. */
    public RuleBuilder returns() {
        return verdict(Verdict.RETURN);
    }

    /** {@code jump CHAIN}. */
    public RuleBuilder jump(String chain) {
        return verdict(Verdict.jump(chain));
    }

    /** {@code goto CHAIN}. */
    public RuleBuilder goTo(String chain) {
        return verdict(Verdict.goTo(chain));
    }

    /** Any verdict. */
    public RuleBuilder verdict(Verdict verdict) {
        return add(Immediate.verdict(verdict));
    }

    /** {@code reject}: with an ICMP or ICMPv6 "port unreachable". */
    public RuleBuilder reject() {
        if (family == Family.IP || family == Family.IP6) {
            int portUnreachable = family == Family.IP ? 3 : 4;
            return add(new Reject(RejectType.ICMP, portUnreachable));
        }
        int icmpxPortUnreachable = 1;
        return add(new Reject(RejectType.ICMPX, icmpxPortUnreachable));
    }

    /** {@code reject with tcp reset}. */
    public RuleBuilder rejectWithTcpReset() {
        context.require(Protocol.TCP, expressions);
        return add(new Reject(RejectType.TCP_RESET, 0));
    }

    /** A translation: {@code masquerade}, {@code snat}, {@code dnat}, {@code redirect}. */
    public RuleBuilder nat(Translation translation) {
        translation.append(this, family);
        return this;
    }

    /** {@code masquerade}. */
    public RuleBuilder masquerade() {
        return nat(Translation.masquerade());
    }

    /** Any expression, as it is. */
    public RuleBuilder expression(Expression expression) {
        return add(expression);
    }

    /** Makes sure of the packet's network protocol, as a translation to an address needs it. */
    void requireFamilyOf(InetAddress address) {
        Protocol protocol = address instanceof Inet4Address ? Protocol.IP : Protocol.IP6;
        Protocol known = context.network();
        if (known != Protocol.ANY && known != protocol) {
            throw new IllegalArgumentException(
                    "a packet of this rule is "
                            + known.text()
                            + " and cannot get "
                            + protocol.text()
                            + " addresses");
        }
    }
}
