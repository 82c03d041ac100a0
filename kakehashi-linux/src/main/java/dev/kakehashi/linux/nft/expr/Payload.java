package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Reads bytes of the packet.
 *
 * @param base the header from which the offset counts
 * @param offset bytes
 * @param length bytes
 * @param dreg where to
 */
public record Payload(PayloadBase base, int offset, int length, Register dreg)
        implements Expression {
    private static final int NFTA_PAYLOAD_DREG = 1;
    private static final int NFTA_PAYLOAD_BASE = 2;
    private static final int NFTA_PAYLOAD_OFFSET = 3;
    private static final int NFTA_PAYLOAD_LEN = 4;

    @Override
    public String kind() {
        return "payload";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        dreg.write(writer, NFTA_PAYLOAD_DREG);
        writer.be32(NFTA_PAYLOAD_BASE, base.number());
        writer.be32(NFTA_PAYLOAD_OFFSET, offset);
        writer.be32(NFTA_PAYLOAD_LEN, length);
    }

    static Payload read(Fields f) throws MalformedMessageException {
        return new Payload(
                PayloadBase.of(f.be32(NFTA_PAYLOAD_BASE, -1)),
                f.be32(NFTA_PAYLOAD_OFFSET, 0),
                f.be32(NFTA_PAYLOAD_LEN, 0),
                f.register(NFTA_PAYLOAD_DREG));
    }
}
