package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Translates the source to the address of the interface that the packet leaves by.
 *
 * @param flags bits of {@link NatFlags}
 * @param portMin the register of the lowest port, or {@link Register#NONE}
 * @param portMax the register of the highest port, or {@link Register#NONE}
 */
public record Masquerade(int flags, Register portMin, Register portMax) implements Expression {
    private static final int NFTA_MASQ_FLAGS = 1;
    private static final int NFTA_MASQ_REG_PROTO_MIN = 2;
    private static final int NFTA_MASQ_REG_PROTO_MAX = 3;

    public Masquerade {
        // As the kernel does when it takes the expression, so that what it returns is equal.
        if (portMin.isPresent()) {
            flags |= NatFlags.PROTO_SPECIFIED;
            portMax = portMax.isPresent() ? portMax : portMin;
        }
    }

    @Override
    public String kind() {
        return "masq";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        if (flags != 0) {
            writer.be32(NFTA_MASQ_FLAGS, flags);
        }
        portMin.write(writer, NFTA_MASQ_REG_PROTO_MIN);
        if (!portMax.equals(portMin)) {
            portMax.write(writer, NFTA_MASQ_REG_PROTO_MAX);
        }
    }

    static Masquerade read(Fields f) throws MalformedMessageException {
        return new Masquerade(
                f.be32(NFTA_MASQ_FLAGS, 0),
                f.register(NFTA_MASQ_REG_PROTO_MIN),
                f.register(NFTA_MASQ_REG_PROTO_MAX));
    }
}
