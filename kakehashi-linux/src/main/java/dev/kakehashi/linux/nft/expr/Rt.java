package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Reads what the packet's route says: {@code rt load tcpmss => reg DREG}, the greatest TCP segment
 * that fits the route's MTU.
 *
 * @param key the kernel's number of what is read (enum nft_rt_keys)
 * @param dreg where to
 */
public record Rt(int key, Register dreg) implements Expression {
    /** The greatest TCP segment, 2 bytes in the processor's order. */
    public static final int TCPMSS = 3;

    private static final int NFTA_RT_DREG = 1;
    private static final int NFTA_RT_KEY = 2;

    @Override
    public String kind() {
        return "rt";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        writer.be32(NFTA_RT_KEY, key);
        dreg.write(writer, NFTA_RT_DREG);
    }

    static Rt read(Fields f) throws MalformedMessageException {
        return new Rt(f.be32(NFTA_RT_KEY, -1), f.register(NFTA_RT_DREG));
    }
}
