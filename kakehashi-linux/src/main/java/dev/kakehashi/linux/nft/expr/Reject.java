package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Refuses the packet with an answer to the sender.
 *
 * @param type which answer
 * @param code the ICMP code, or of {@link RejectType#ICMPX} the kernel's own (enum
 *     nft_reject_inet_code); 0 for a TCP reset
 */
public record Reject(RejectType type, int code) implements Expression {
    private static final int NFTA_REJECT_TYPE = 1;
    private static final int NFTA_REJECT_ICMP_CODE = 2;

    @Override
    public String kind() {
        return "reject";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        writer.be32(NFTA_REJECT_TYPE, type.number());
        if (type != RejectType.TCP_RESET) {
            writer.u8(NFTA_REJECT_ICMP_CODE, code);
        }
    }

    static Reject read(Fields f) throws MalformedMessageException {
        RejectType type = RejectType.of(f.be32(NFTA_REJECT_TYPE, -1));
        int code = f.u8(NFTA_REJECT_ICMP_CODE, 0);
        return new Reject(type, type == RejectType.TCP_RESET ? 0 : code);
    }
}
