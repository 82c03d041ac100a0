package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Reads what the kernel knows about the packet beside its bytes: {@code meta load KEY => reg DREG}.
 *
 * @param key what to read
 * @param dreg where to
 */
public record Meta(MetaKey key, Register dreg) implements Expression {
    private static final int NFTA_META_DREG = 1;
    private static final int NFTA_META_KEY = 2;
    static final int NFTA_META_SREG = 3;

    @Override
    public String kind() {
        return "meta";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        writer.be32(NFTA_META_KEY, key.number());
        dreg.write(writer, NFTA_META_DREG);
    }

    static Meta read(Fields f) throws MalformedMessageException {
        return new Meta(MetaKey.of(f.be32(NFTA_META_KEY, -1)), f.register(NFTA_META_DREG));
    }
}
