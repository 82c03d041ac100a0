package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Asks the routing table about the packet.
 *
 * @param dreg where to
 * @param result what to ask for
 * @param flags the bits of enum nft_fib_flags: which of source, destination, mark, interfaces are
 *     used
 */
public record Fib(Register dreg, FibResult result, int flags) implements Expression {
    private static final int NFTA_FIB_DREG = 1;
    private static final int NFTA_FIB_RESULT = 2;
    private static final int NFTA_FIB_FLAGS = 3;

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

    @Override
    public void writeTo(MessageWriter writer) {
        dreg.write(writer, NFTA_FIB_DREG);
        writer.be32(NFTA_FIB_RESULT, result.number());
        writer.be32(NFTA_FIB_FLAGS, flags);
    }

    static Fib read(Fields f) throws MalformedMessageException {
        return new Fib(
                f.register(NFTA_FIB_DREG),
                FibResult.of(f.be32(NFTA_FIB_RESULT, -1)),
                f.be32(NFTA_FIB_FLAGS, 0));
    }
}
