package dev.kakehashi.linux.nft.expr;

/**
 * Asks the routing table about the packet.
 *
 * @param dreg where to
 * @param result what to ask for
 * @param flags the bits of enum nft_fib_flags: which of source, destination, mark, interfaces are
 *     used
 */
public record Fib(Register dreg, FibResult result, int flags) implements Expression {
    @Override
    public String kind() {
        return "fib";
    }

    /** Look up the source address. */
    public static final int SADDR = 1;

    /** Look up the destination address. */
    public static final int DADDR = 1 << 1;

    /** Take the packet's mark into account. */
    public static final int MARK = 1 << 2;

    /** Only routes through the input interface. */
    public static final int IIF = 1 << 3;

    /** Only routes through the output interface. */
    public static final int OIF = 1 << 4;

    /** Only whether there is a route. */
    public static final int PRESENT = 1 << 5;
}
