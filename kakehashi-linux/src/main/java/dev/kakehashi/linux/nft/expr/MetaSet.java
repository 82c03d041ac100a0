package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Writes what the kernel knows about the packet: {@code meta set KEY with reg SREG}.
 *
 * @param key what to write, usually the mark
 * @param sreg where from
 */
public record MetaSet(MetaKey key, Register sreg) implements Expression {
    private static final int NFTA_META_KEY = 2;

    @Override
    public String kind() {
        return "meta";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        writer.be32(NFTA_META_KEY, key.number());
        sreg.write(writer, Meta.NFTA_META_SREG);
    }

    static MetaSet read(Fields f) throws MalformedMessageException {
        return new MetaSet(MetaKey.of(f.be32(NFTA_META_KEY, -1)), f.register(Meta.NFTA_META_SREG));
    }
}
