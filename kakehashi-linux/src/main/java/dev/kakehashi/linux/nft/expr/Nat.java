package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Translates an address, a port, or both.
 *
 * @param type source or destination
 * @param family 2 (IPv4) or 10 (IPv6)
 * @param addressMin the register of the (lowest) address, or {@link Register#NONE} to keep the
 *     address
 * @param addressMax the register of the highest address, or {@link Register#NONE}
 * @param portMin the register of the (lowest) port, or {@link Register#NONE}
 * @param portMax the register of the highest port, or {@link Register#NONE}
 * @param flags bits of {@link NatFlags}
 */
public record Nat(
        NatType type,
        int family,
        Register addressMin,
        Register addressMax,
        Register portMin,
        Register portMax,
        int flags)
        implements Expression {
    private static final int NFTA_NAT_TYPE = 1;
    private static final int NFTA_NAT_FAMILY = 2;
    private static final int NFTA_NAT_REG_ADDR_MIN = 3;
    private static final int NFTA_NAT_REG_ADDR_MAX = 4;
    private static final int NFTA_NAT_REG_PROTO_MIN = 5;
    private static final int NFTA_NAT_REG_PROTO_MAX = 6;
    private static final int NFTA_NAT_FLAGS = 7;

    public Nat {
        // As the kernel does when it takes the expression, so that what it returns is equal.
        if (addressMin.isPresent()) {
            flags |= NatFlags.MAP_IPS;
            addressMax = addressMax.isPresent() ? addressMax : addressMin;
        }
        if (portMin.isPresent()) {
            flags |= NatFlags.PROTO_SPECIFIED;
            portMax = portMax.isPresent() ? portMax : portMin;
        }
    }

    @Override
    public String kind() {
        return "nat";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        writer.be32(NFTA_NAT_TYPE, type.number());
        writer.be32(NFTA_NAT_FAMILY, family);
        addressMin.write(writer, NFTA_NAT_REG_ADDR_MIN);
        if (!addressMax.equals(addressMin)) {
            addressMax.write(writer, NFTA_NAT_REG_ADDR_MAX);
        }
        portMin.write(writer, NFTA_NAT_REG_PROTO_MIN);
        if (!portMax.equals(portMin)) {
            portMax.write(writer, NFTA_NAT_REG_PROTO_MAX);
        }
        if (flags != 0) {
            writer.be32(NFTA_NAT_FLAGS, flags);
        }
    }

    static Nat read(Fields f) throws MalformedMessageException {
        return new Nat(
                NatType.of(f.be32(NFTA_NAT_TYPE, -1)),
                f.be32(NFTA_NAT_FAMILY, 0),
                f.register(NFTA_NAT_REG_ADDR_MIN),
                f.register(NFTA_NAT_REG_ADDR_MAX),
                f.register(NFTA_NAT_REG_PROTO_MIN),
                f.register(NFTA_NAT_REG_PROTO_MAX),
                f.be32(NFTA_NAT_FLAGS, 0));
    }
}
