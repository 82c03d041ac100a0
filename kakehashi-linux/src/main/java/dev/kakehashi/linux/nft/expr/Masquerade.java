package dev.kakehashi.linux.nft.expr;

/**
 * Translates the source to the address of the interface that the packet leaves by.
 *
 * @param flags bits of {@link NatFlags}
 * @param portMin the register of the lowest port, or {@link Register#NONE}
 * @param portMax the register of the highest port, or {@link Register#NONE}
 */
public record Masquerade(int flags, Register portMin, Register portMax) implements Expression {
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
}
