package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Translates the destination to this machine.
 *
 * @param portMin the register of the (lowest) port, or {@link Register#NONE} to keep the port
 * @param portMax the register of the highest port, or {@link Register#NONE}
 * @param flags bits of {@link NatFlags}
 */
public record Redirect(Register portMin, Register portMax, int flags) implements Expression {
    private static final int NFTA_REDIR_REG_PROTO_MIN = 1;
    private static final int NFTA_REDIR_REG_PROTO_MAX = 2;
    private static final int NFTA_REDIR_FLAGS = 3;

    public Redirect {
        // As the kernel does when it takes the expression, so that what it returns is equal.
        if (portMin.isPresent()) {
            flags |= NatFlags.PROTO_SPECIFIED;
            portMax = portMax.isPresent() ? portMax : portMin;
        }
    }

    @Override
    public String kind() {
        return "redir";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        portMin.write(writer, NFTA_REDIR_REG_PROTO_MIN);
        if (!portMax.equals(portMin)) {
            portMax.write(writer, NFTA_REDIR_REG_PROTO_MAX);
        }
        if (flags != 0) {
            writer.be32(NFTA_REDIR_FLAGS, flags);
        }
    }

    static Redirect read(Fields f) throws MalformedMessageException {
        return new Redirect(
                f.register(NFTA_REDIR_REG_PROTO_MIN),
                f.register(NFTA_REDIR_REG_PROTO_MAX),
                f.be32(NFTA_REDIR_FLAGS, 0));
    }
}
