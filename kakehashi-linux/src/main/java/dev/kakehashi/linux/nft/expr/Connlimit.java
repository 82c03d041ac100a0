package dev.kakehashi.linux.nft.expr;

/**
 * Goes on only while at most so many connections are counted (or, inverted, only above).
 *
 * @param count connections
 * @param inverted whether the rule goes on above the count
 */
public record Connlimit(int count, boolean inverted) implements Expression {
    @Override
    public String kind() {
        return "connlimit";
    }
}
