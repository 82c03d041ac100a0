package dev.kakehashi.linux.nft.expr;

/**
 * Translates the destination to this machine.
 *
 * @param portMin the register of the (lowest) port, or {@link Register#NONE} to keep the port
 * @param portMax the register of the highest port, or {@link Register#NONE}
 * @param flags bits of {@link NatFlags}
 */
public record Redirect(Register portMin, Register portMax, int flags) implements Expression {
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
}
