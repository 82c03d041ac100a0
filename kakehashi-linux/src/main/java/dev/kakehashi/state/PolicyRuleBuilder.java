package dev.kakehashi.state;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.state.PolicyRule.Action;

import java.util.Optional;
import java.util.OptionalInt;

/** Builds a {@link PolicyRule}; what is not called matches everything. */
public final class PolicyRuleBuilder {
    private final boolean ipv4;
    private final int priority;
    private final Action action;
    private final int table;
    private Optional<IpPrefix> from = Optional.empty();
    private Optional<IpPrefix> to = Optional.empty();
    private Optional<String> inputInterface = Optional.empty();
    private Optional<String> outputInterface = Optional.empty();
    private OptionalInt mark = OptionalInt.empty();
    private OptionalInt markMask = OptionalInt.empty();
    private OptionalInt suppressPrefixLength = OptionalInt.empty();
    private boolean not;

    PolicyRuleBuilder(boolean ipv4, int priority, Action action, int table) {
        this.ipv4 = ipv4;
        this.priority = priority;
        this.action = action;
        this.table = table;
    }

    /** Source network. */
    public PolicyRuleBuilder from(IpPrefix value) {
        from = Optional.of(value);
        return this;
    }

    /** Destination network. */
    public PolicyRuleBuilder to(IpPrefix value) {
        to = Optional.of(value);
        return this;
    }

    /** Packets that came in by this link. */
    public PolicyRuleBuilder inputInterface(String value) {
        inputInterface = Optional.of(value);
        return this;
    }

    /** Packets of sockets bound to this link. */
    public PolicyRuleBuilder outputInterface(String value) {
        outputInterface = Optional.of(value);
        return this;
    }

    /** Packets whose mark has these bits, of those in the mask. */
    public PolicyRuleBuilder mark(int value, int mask) {
        mark = OptionalInt.of(value);
        markMask = OptionalInt.of(mask);
        return this;
    }

    /** Ignore what the table finds unless its prefix is longer than this. */
    public PolicyRuleBuilder suppressPrefixLength(int value) {
        suppressPrefixLength = OptionalInt.of(value);
        return this;
    }

    /** Matches what the other conditions do not. */
    public PolicyRuleBuilder not() {
        not = true;
        return this;
    }

    /** The rule. */
    public PolicyRule build() {
        return new PolicyRule(
                ipv4,
                priority,
                from,
                to,
                inputInterface,
                outputInterface,
                mark,
                markMask,
                action,
                table,
                suppressPrefixLength,
                not);
    }
}
