package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.nft.expr.Cmp;
import dev.kakehashi.linux.nft.expr.CmpOp;
import dev.kakehashi.linux.nft.expr.Expression;
import dev.kakehashi.linux.nft.expr.Meta;
import dev.kakehashi.linux.nft.expr.MetaKey;
import dev.kakehashi.linux.nft.expr.Register;
import dev.kakehashi.linux.nft.expr.Value;

import java.util.List;

/**
 * Which protocols a rule's packet is known to have, at one point of the rule. A header may only be
 * read after its protocol was compared; as nft does, the comparison is added where the rule does
 * not have it.
 */
final class ProtocolContext {
    private static final int ARPHRD_ETHER = 1;

    private final Family family;
    private boolean ether;
    private Protocol network = Protocol.ANY;
    private Protocol transport = Protocol.ANY;

    ProtocolContext(Family family) {
        this.family = family;
        ether = family == Family.BRIDGE || family == Family.NETDEV;
        switch (family) {
            case IP -> network = Protocol.IP;
            case IP6 -> network = Protocol.IP6;
            case ARP -> network = Protocol.ARP;
            default -> {}
        }
    }

    Protocol network() {
        return network;
    }

    Protocol transport() {
        return transport;
    }

    /** What is known from here on. */
    void know(Protocol protocol) {
        switch (protocol.layer()) {
            case LINK -> ether = true;
            case NETWORK -> network = protocol;
            case TRANSPORT -> transport = protocol;
            case NONE -> {}
        }
    }

    boolean knows(Protocol protocol) {
        return switch (protocol.layer()) {
            case LINK -> ether;
            case NETWORK -> network == protocol;
            case TRANSPORT -> transport == protocol;
            case NONE -> true;
        };
    }

    /**
     * Adds what makes sure of the protocol, unless it is known.
     *
     * @throws IllegalArgumentException when the packet is known to have another
     */
    void require(Protocol protocol, List<Expression> to) {
        if (protocol.network() != Protocol.ANY) {
            require(protocol.network(), to);
        }
        if (knows(protocol)) {
            return;
        }
        Protocol known = protocol.layer() == Protocol.Layer.NETWORK ? network : transport;
        if (protocol.layer() != Protocol.Layer.LINK && known != Protocol.ANY) {
            throw new IllegalArgumentException(
                    "a packet of this rule is "
                            + known.text()
                            + " and cannot also be "
                            + protocol.text());
        }
        if (family == Family.ARP) {
            throw new IllegalArgumentException(
                    "the family arp sees no " + protocol.text() + " packets");
        }
        to.add(new Meta(key(protocol), Register.word(0)));
        to.add(new Cmp(CmpOp.EQ, Register.word(0), value(protocol)));
        know(protocol);
    }

    private MetaKey key(Protocol protocol) {
        return switch (protocol.layer()) {
            case LINK -> MetaKey.IIFTYPE;
            case NETWORK -> family == Family.INET ? MetaKey.NFPROTO : MetaKey.PROTOCOL;
            default -> MetaKey.L4PROTO;
        };
    }

    private Value value(Protocol protocol) {
        return switch (protocol.layer()) {
            case LINK -> Value.host16(ARPHRD_ETHER);
            case NETWORK ->
                    family == Family.INET
                            ? Value.u8(protocol.nfproto())
                            : Value.be16(protocol.number());
            default -> Value.u8(protocol.number());
        };
    }
}
