package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.nft.expr.Ct;
import dev.kakehashi.linux.nft.expr.CtDirection;
import dev.kakehashi.linux.nft.expr.CtKey;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Expression;
import dev.kakehashi.linux.nft.expr.Fib;
import dev.kakehashi.linux.nft.expr.FibResult;
import dev.kakehashi.linux.nft.expr.Meta;
import dev.kakehashi.linux.nft.expr.MetaKey;
import dev.kakehashi.linux.nft.expr.Payload;
import dev.kakehashi.linux.nft.expr.PayloadBase;
import dev.kakehashi.linux.nft.expr.Register;

/**
 * What a rule can look at, by the name that nft has for it: {@link #IP_SADDR} is {@code ip saddr}.
 */
@SuppressWarnings("ImmutableEnumChecker") // expressions are records of immutable values
public enum Selector {
    ETHER_DADDR(Protocol.ETHER, "daddr", DataType.ETHER_ADDR, PayloadBase.LINK, 0),
    ETHER_SADDR(Protocol.ETHER, "saddr", DataType.ETHER_ADDR, PayloadBase.LINK, 6),
    ETHER_TYPE(Protocol.ETHER, "type", DataType.ETHER_TYPE, PayloadBase.LINK, 12),
    IP_PROTOCOL(Protocol.IP, "protocol", DataType.INET_PROTO, PayloadBase.NETWORK, 9),
    IP_SADDR(Protocol.IP, "saddr", DataType.IPV4_ADDR, PayloadBase.NETWORK, 12),
    IP_DADDR(Protocol.IP, "daddr", DataType.IPV4_ADDR, PayloadBase.NETWORK, 16),
    IP6_NEXTHDR(Protocol.IP6, "nexthdr", DataType.INET_PROTO, PayloadBase.NETWORK, 6),
    IP6_SADDR(Protocol.IP6, "saddr", DataType.IPV6_ADDR, PayloadBase.NETWORK, 8),
    IP6_DADDR(Protocol.IP6, "daddr", DataType.IPV6_ADDR, PayloadBase.NETWORK, 24),
    ARP_OPERATION(Protocol.ARP, "operation", DataType.ARP_OP, PayloadBase.NETWORK, 6),
    ARP_SADDR_ETHER(Protocol.ARP, "saddr ether", DataType.ETHER_ADDR, PayloadBase.NETWORK, 8),
    ARP_SADDR_IP(Protocol.ARP, "saddr ip", DataType.IPV4_ADDR, PayloadBase.NETWORK, 14),
    ARP_DADDR_IP(Protocol.ARP, "daddr ip", DataType.IPV4_ADDR, PayloadBase.NETWORK, 24),
    TCP_SPORT(Protocol.TCP, "sport", DataType.INET_SERVICE, PayloadBase.TRANSPORT, 0),
    TCP_DPORT(Protocol.TCP, "dport", DataType.INET_SERVICE, PayloadBase.TRANSPORT, 2),
    TCP_FLAGS(Protocol.TCP, "flags", DataType.TCP_FLAG, PayloadBase.TRANSPORT, 13),
    UDP_SPORT(Protocol.UDP, "sport", DataType.INET_SERVICE, PayloadBase.TRANSPORT, 0),
    UDP_DPORT(Protocol.UDP, "dport", DataType.INET_SERVICE, PayloadBase.TRANSPORT, 2),
    SCTP_SPORT(Protocol.SCTP, "sport", DataType.INET_SERVICE, PayloadBase.TRANSPORT, 0),
    SCTP_DPORT(Protocol.SCTP, "dport", DataType.INET_SERVICE, PayloadBase.TRANSPORT, 2),
    DCCP_SPORT(Protocol.DCCP, "sport", DataType.INET_SERVICE, PayloadBase.TRANSPORT, 0),
    DCCP_DPORT(Protocol.DCCP, "dport", DataType.INET_SERVICE, PayloadBase.TRANSPORT, 2),
    UDPLITE_SPORT(Protocol.UDPLITE, "sport", DataType.INET_SERVICE, PayloadBase.TRANSPORT, 0),
    UDPLITE_DPORT(Protocol.UDPLITE, "dport", DataType.INET_SERVICE, PayloadBase.TRANSPORT, 2),
    ICMP_TYPE(Protocol.ICMP, "type", DataType.ICMP_TYPE, PayloadBase.TRANSPORT, 0),
    ICMPV6_TYPE(Protocol.ICMPV6, "type", DataType.ICMPV6_TYPE, PayloadBase.TRANSPORT, 0),
    /** The source port of whichever transport protocol it is. */
    TH_SPORT(Protocol.ANY, "th sport", DataType.INET_SERVICE, PayloadBase.TRANSPORT, 0),
    /** The destination port of whichever transport protocol it is. */
    TH_DPORT(Protocol.ANY, "th dport", DataType.INET_SERVICE, PayloadBase.TRANSPORT, 2),

    META_PROTOCOL(MetaKey.PROTOCOL),
    META_NFPROTO(MetaKey.NFPROTO),
    META_L4PROTO(MetaKey.L4PROTO),
    META_MARK(MetaKey.MARK),
    META_PKTTYPE(MetaKey.PKTTYPE),
    META_SKUID(MetaKey.SKUID),
    META_SKGID(MetaKey.SKGID),
    IIF(MetaKey.IIF),
    OIF(MetaKey.OIF),
    IIFNAME(MetaKey.IIFNAME),
    OIFNAME(MetaKey.OIFNAME),
    IIFTYPE(MetaKey.IIFTYPE),
    IIFGROUP(MetaKey.IIFGROUP),
    OIFGROUP(MetaKey.OIFGROUP),
    META_IBRNAME(MetaKey.IBRNAME),
    META_OBRNAME(MetaKey.OBRNAME),

    CT_STATE(CtKey.STATE),
    CT_STATUS(CtKey.STATUS),
    CT_MARK(CtKey.MARK),
    CT_DIRECTION(CtKey.DIRECTION),
    CT_ORIGINAL_IP_SADDR(CtKey.SRC_IP, CtDirection.ORIGINAL),
    CT_ORIGINAL_IP_DADDR(CtKey.DST_IP, CtDirection.ORIGINAL),
    CT_ORIGINAL_IP6_SADDR(CtKey.SRC_IP6, CtDirection.ORIGINAL),
    CT_ORIGINAL_IP6_DADDR(CtKey.DST_IP6, CtDirection.ORIGINAL),
    CT_ORIGINAL_PROTO_DST(CtKey.PROTO_DST, CtDirection.ORIGINAL),

    /** What the source address is to this machine: local, unicast, broadcast … */
    FIB_SADDR_TYPE("fib saddr type", Fib.SADDR),
    /** What the destination address is to this machine. */
    FIB_DADDR_TYPE("fib daddr type", Fib.DADDR);

    private final Protocol protocol;
    private final String text;
    private final DataType type;
    private final Expression load;

    Selector(Protocol protocol, String field, DataType type, PayloadBase base, int offset) {
        this.protocol = protocol;
        this.text = protocol == Protocol.ANY ? field : protocol.header() + " " + field;
        this.type = type;
        this.load = new Payload(base, offset, type.length(), Register.word(0));
    }

    Selector(MetaKey key) {
        this.protocol = Protocol.ANY;
        this.text = key.text();
        this.type = key.type();
        this.load = new Meta(key, Register.word(0));
    }

    Selector(CtKey key) {
        this(key, CtDirection.NONE);
    }

    Selector(CtKey key, CtDirection direction) {
        this.protocol = Protocol.ANY;
        this.text =
                "ct " + (direction == CtDirection.NONE ? "" : direction.text() + " ") + key.text();
        this.type = key.type();
        this.load = new Ct(key, Register.word(0), direction);
    }

    Selector(String text, int fibFlags) {
        this.protocol = Protocol.ANY;
        this.text = text;
        this.type = DataType.FIB_ADDRTYPE;
        this.load = new Fib(Register.word(0), FibResult.ADDRTYPE, fibFlags);
    }

    /** The protocol that the packet must have. */
    Protocol protocol() {
        return protocol;
    }

    /** How nft writes it. */
    public String text() {
        return text;
    }

    /** The type of what is read. */
    public DataType type() {
        return type;
    }

    /** The expression that reads it into a register. */
    Expression load(Register dreg) {
        return switch (load) {
            case Payload p -> new Payload(p.base(), p.offset(), p.length(), dreg);
            case Meta m -> new Meta(m.key(), dreg);
            case Ct c -> new Ct(c.key(), dreg, c.direction());
            case Fib f -> new Fib(dreg, f.result(), f.flags());
            default -> throw new AssertionError(load);
        };
    }

    /** As {@link #load} but only the first bytes: how a prefix of whole bytes is compared. */
    Payload loadFirst(int bytes, Register dreg) {
        Payload whole = (Payload) load;
        return new Payload(whole.base(), whole.offset(), bytes, dreg);
    }
}
