package dev.kakehashi.linux.nft.expr;

/**
 * Refuses the packet with an answer to the sender.
 *
 * @param type which answer
 * @param code the ICMP code, or of {@link RejectType#ICMPX} the kernel's own (enum
 *     nft_reject_inet_code); 0 for a TCP reset
 */
public record Reject(RejectType type, int code) implements Expression {
    @Override
    public String kind() {
        return "reject";
    }
}
