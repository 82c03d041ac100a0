package dev.kakehashi.linux.nft.expr;

/**
 * Counts packets and bytes. The numbers are no part of the rule: two rules that differ only in what
 * they have counted are the same rule. What was counted is reported beside it ({@code
 * InstalledRule}).
 */
public record Counter() implements Expression {
    @Override
    public String kind() {
        return "counter";
    }
}
