package dev.kakehashi.state;

import dev.kakehashi.linux.IpPrefix;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A routing policy rule, marked with our protocol number. Equivalent to: {@code ip rule add
 * priority P from SOURCE to DESTINATION … lookup TABLE protocol 75}.
 *
 * @param ipv4 family: IPv4, else IPv6
 * @param priority lower is looked at first
 * @param from source network
 * @param to destination network
 * @param inputInterface packets that came in by it
 * @param outputInterface packets of sockets bound to it
 * @param mark firewall mark
 * @param markMask the bits of the mark that count
 * @param action what happens on a match
 * @param table the table to look in if the action is a lookup, else 0
 * @param suppressPrefixLength ignore what the table finds if its prefix is not longer than this
 * @param not matches what does not match
 */
public record PolicyRule(
        boolean ipv4,
        int priority,
        Optional<IpPrefix> from,
        Optional<IpPrefix> to,
        Optional<String> inputInterface,
        Optional<String> outputInterface,
        OptionalInt mark,
        OptionalInt markMask,
        Action action,
        int table,
        OptionalInt suppressPrefixLength,
        boolean not)
        implements Resource {

    /** What a rule does: {@code FR_ACT_*}, linux/fib_rules.h. */
    public enum Action {
        LOOKUP(1),
        BLACKHOLE(6),
        UNREACHABLE(7),
        PROHIBIT(8);

        private final int number;

        Action(int number) {
            this.number = number;
        }

        /** The kernel's number. */
        public int number() {
            return number;
        }
    }

    /**
     * A rule has no identity but its content: the kernel compares all of it except whether it is
     * inverted (rule_exists(), net/core/fib_rules.c).
     *
     * @param rule not inverted
     */
    public record Key(PolicyRule rule) implements ResourceKey {
        @Override
        public String toString() {
            return "rule " + rule.priority + (rule.ipv4 ? "" : " (IPv6)");
        }
    }

    public PolicyRule {
        if (mark.isPresent() && markMask.isEmpty()) {
            markMask = OptionalInt.of(-1);
        }
    }

    @Override
    public Key key() {
        return new Key(
                not
                        ? new PolicyRule(
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
                                false)
                        : this);
    }

    @Override
    public Relation relation() {
        return Relation.OWNED;
    }

    /** A rule of IPv4 that looks into a table; the builder narrows it. */
    public static PolicyRuleBuilder ipv4(int priority, int table) {
        return new PolicyRuleBuilder(true, priority, Action.LOOKUP, table);
    }

    /** A rule of IPv6 that looks into a table; the builder narrows it. */
    public static PolicyRuleBuilder ipv6(int priority, int table) {
        return new PolicyRuleBuilder(false, priority, Action.LOOKUP, table);
    }

    /** A rule that ends the search; the builder narrows it. */
    public static PolicyRuleBuilder of(boolean ipv4, int priority, Action action) {
        return new PolicyRuleBuilder(ipv4, priority, action, 0);
    }
}
