package dev.kakehashi.linux.nft.expr;

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
    @Override
    public String kind() {
        return "limit";
    }
}
