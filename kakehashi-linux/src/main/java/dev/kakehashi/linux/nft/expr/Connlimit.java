package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Goes on only while at most so many connections are counted (or, inverted, only above).
 *
 * @param count connections
 * @param inverted whether the rule goes on above the count
 */
public record Connlimit(int count, boolean inverted) implements Expression {
    private static final int NFTA_CONNLIMIT_COUNT = 1;
    private static final int NFTA_CONNLIMIT_FLAGS = 2;

    @Override
    public String kind() {
        return "connlimit";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        writer.be32(NFTA_CONNLIMIT_COUNT, count);
        writer.be32(NFTA_CONNLIMIT_FLAGS, inverted ? 1 : 0);
    }

    static Connlimit read(Fields f) throws MalformedMessageException {
        return new Connlimit(f.be32(NFTA_CONNLIMIT_COUNT, 0), f.be32(NFTA_CONNLIMIT_FLAGS, 0) == 1);
    }
}
