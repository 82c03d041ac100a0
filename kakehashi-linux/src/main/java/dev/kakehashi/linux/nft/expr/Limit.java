package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Goes on only while the rate is not exceeded (or, inverted, only when it is).
 *
 * @param rate packets or bytes per unit
 * @param unit seconds: 1, 60, 3600, 86400 or 604800
 * @param burst packets or bytes that may come at once
 * @param bytes whether bytes are counted instead of packets
 * @param inverted whether the rule goes on above the rate
 */
public record Limit(long rate, long unit, int burst, boolean bytes, boolean inverted)
        implements Expression {
    private static final int NFTA_LIMIT_RATE = 1;
    private static final int NFTA_LIMIT_UNIT = 2;
    private static final int NFTA_LIMIT_BURST = 3;
    private static final int NFTA_LIMIT_TYPE = 4;
    private static final int NFTA_LIMIT_FLAGS = 5;
    private static final int NFTA_LIMIT_PAD = 6;

    @Override
    public String kind() {
        return "limit";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        writer.be64(NFTA_LIMIT_RATE, rate);
        writer.be64(NFTA_LIMIT_UNIT, unit);
        writer.be32(NFTA_LIMIT_BURST, burst);
        writer.be32(NFTA_LIMIT_TYPE, bytes ? 1 : 0);
        writer.be32(NFTA_LIMIT_FLAGS, inverted ? 1 : 0);
    }

    static Limit read(Fields f) throws MalformedMessageException {
        f.ignore(NFTA_LIMIT_PAD);
        return new Limit(
                f.be64(NFTA_LIMIT_RATE, 0),
                f.be64(NFTA_LIMIT_UNIT, 0),
                f.be32(NFTA_LIMIT_BURST, 0),
                f.be32(NFTA_LIMIT_TYPE, 0) == 1,
                f.be32(NFTA_LIMIT_FLAGS, 0) == 1);
    }
}
