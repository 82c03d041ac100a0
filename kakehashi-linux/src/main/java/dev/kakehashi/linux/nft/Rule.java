package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.nft.expr.Expression;

import java.util.List;

/**
 * A rule: its expressions in order, and a comment. Two rules are equal when they do the same in the
 * same way; the kernel's handle and what counters have counted are no part of it (see {@link
 * InstalledRule}).
 *
 * @param expressions what the rule does
 * @param comment what {@code nft list} shows as {@code comment "…"}; empty for none
 */
public record Rule(List<Expression> expressions, String comment) {
    public Rule {
        expressions = List.copyOf(expressions);
        Names.checkComment(comment);
    }

    /**
     * Begins a rule for a table of the family. {@code
     * Rule.in(INET).ipSaddr(a).masquerade().build()} is what nft writes as {@code ip saddr A
     * masquerade}.
     */
    public static RuleBuilder in(Family family) {
        return new RuleBuilder(family);
    }

    /** As nft writes the rule in a table of the family, without a handle. */
    public String text(Family family) {
        return RuleText.of(family, this);
    }
}
