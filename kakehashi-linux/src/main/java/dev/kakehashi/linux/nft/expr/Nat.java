package dev.kakehashi.linux.nft.expr;

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
}
