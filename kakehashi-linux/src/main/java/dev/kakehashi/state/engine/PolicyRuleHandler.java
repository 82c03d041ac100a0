package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.rtnetlink.Rule;
import dev.kakehashi.linux.rtnetlink.Rules;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.PolicyRule;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** Routing policy rules. */
final class PolicyRuleHandler extends NetlinkHandler<PolicyRule> {
    @Override
    Phase phase(PolicyRule rule) {
        return Phase.RULE;
    }

    @Override
    boolean same(PolicyRule wanted, PolicyRule found) {
        return wanted.equals(found);
    }

    /**
     * The kernel takes a new rule for an old one that says the same and more (fib4_rule_compare(),
     * fib6_rule_compare()): that one must go first.
     */
    @Override
    List<Observed> findInTheWay(NamespaceId namespace, PolicyRule rule, Scene scene) {
        List<Observed> same = find(namespace, rule, scene);
        if (!same.isEmpty()) {
            return same;
        }
        for (List<Observed> objects : scene.observed(namespace).objects()) {
            for (Observed object : objects) {
                if (object.resource() instanceof PolicyRule other
                        && isTakenFor(rule, other)
                        && !scene.desired().byKey(namespace).containsKey(other.key())) {
                    return List.of(object);
                }
            }
        }
        return List.of();
    }

    private static boolean isTakenFor(PolicyRule rule, PolicyRule other) {
        return rule.ipv4() == other.ipv4()
                && rule.priority() == other.priority()
                && rule.action() == other.action()
                && rule.table() == other.table()
                && says(rule.from(), other.from())
                && says(rule.to(), other.to())
                && says(rule.inputInterface(), other.inputInterface())
                && says(rule.outputInterface(), other.outputInterface())
                && (rule.mark().isEmpty()
                        || (rule.mark().equals(other.mark())
                                && rule.markMask().equals(other.markMask())));
    }

    private static <T> boolean says(Optional<T> wanted, Optional<T> found) {
        return wanted.isEmpty() || wanted.equals(found);
    }

    @Override
    List<String> createCommands(NamespaceId namespace, PolicyRule rule, boolean replace) {
        return List.of(Commands.ip(namespace, rule.ipv4()) + " rule add " + text(rule));
    }

    @Override
    List<String> removeCommands(NamespaceId namespace, PolicyRule rule) {
        return List.of(Commands.ip(namespace, rule.ipv4()) + " rule delete " + text(rule));
    }

    @Override
    List<String> changeCommands(NamespaceId namespace, PolicyRule rule, PolicyRule before) {
        return List.of(
                removeCommands(namespace, before).getFirst(),
                createCommands(namespace, rule, false).getFirst());
    }

    @Override
    List<NetlinkRequest> change(
            NamespaceId namespace, PolicyRule rule, PolicyRule before, Indexes indexes) {
        return List.of(Rules.delete(message(before)), Rules.add(message(rule)));
    }

    private static String text(PolicyRule rule) {
        StringBuilder text = new StringBuilder(rule.not() ? "not " : "");
        text.append("priority ").append(rule.priority());
        rule.from().ifPresent(from -> text.append(" from ").append(from));
        rule.to().ifPresent(to -> text.append(" to ").append(to));
        rule.inputInterface().ifPresent(name -> text.append(" iif ").append(name));
        rule.outputInterface().ifPresent(name -> text.append(" oif ").append(name));
        if (rule.mark().isPresent()) {
            text.append(" fwmark 0x").append(Integer.toHexString(rule.mark().getAsInt()));
            int mask = rule.markMask().orElse(-1);
            text.append(mask == -1 ? "" : "/0x" + Integer.toHexString(mask));
        }
        if (rule.action() == PolicyRule.Action.LOOKUP) {
            text.append(" lookup ").append(rule.table());
        } else {
            text.append(' ').append(rule.action().name().toLowerCase(Locale.ROOT));
        }
        rule.suppressPrefixLength()
                .ifPresent(length -> text.append(" suppress_prefixlength ").append(length));
        return text.append(" protocol ").append(Ownership.PROTOCOL).toString();
    }

    @Override
    NetlinkRequest create(
            NamespaceId namespace, PolicyRule rule, boolean replace, Indexes indexes) {
        return Rules.add(message(rule));
    }

    @Override
    NetlinkRequest remove(NamespaceId namespace, PolicyRule rule, Indexes indexes) {
        return Rules.delete(message(rule));
    }

    private static Rule message(PolicyRule rule) {
        return new Rule(
                rule.ipv4(),
                rule.priority(),
                rule.from(),
                rule.to(),
                rule.inputInterface(),
                rule.outputInterface(),
                rule.mark(),
                rule.markMask(),
                switch (rule.action()) {
                    case LOOKUP -> Rule.Action.LOOKUP;
                    case BLACKHOLE -> Rule.Action.BLACKHOLE;
                    case UNREACHABLE -> Rule.Action.UNREACHABLE;
                    case PROHIBIT -> Rule.Action.PROHIBIT;
                },
                rule.table(),
                Ownership.PROTOCOL,
                rule.suppressPrefixLength(),
                rule.not());
    }

    /** A rule as the kernel shows it; empty for those that can never be ours. */
    static Optional<Observed> observed(Rule found) {
        Optional<PolicyRule.Action> action =
                switch (found.action()) {
                    case LOOKUP -> Optional.of(PolicyRule.Action.LOOKUP);
                    case BLACKHOLE -> Optional.of(PolicyRule.Action.BLACKHOLE);
                    case UNREACHABLE -> Optional.of(PolicyRule.Action.UNREACHABLE);
                    case PROHIBIT -> Optional.of(PolicyRule.Action.PROHIBIT);
                    default -> Optional.empty();
                };
        if (action.isEmpty()) {
            return Optional.empty();
        }
        // The kernel does not show a mark of 0, only its mask (fib_nl_fill_rule()).
        boolean marked = found.mark().isPresent() || found.markMask().orElse(0) != 0;
        boolean lookup = action.get() == PolicyRule.Action.LOOKUP;
        PolicyRule rule =
                new PolicyRule(
                        found.ipv4(),
                        found.priority(),
                        found.from(),
                        found.to(),
                        found.inputInterface(),
                        found.outputInterface(),
                        marked ? OptionalInt.of(found.mark().orElse(0)) : OptionalInt.empty(),
                        marked ? found.markMask() : OptionalInt.empty(),
                        action.get(),
                        lookup ? found.table() : 0,
                        found.suppressPrefixLength(),
                        found.inverted());
        return Optional.of(
                new Observed(
                        rule, found.protocol() == Ownership.PROTOCOL ? Mark.OURS : Mark.FOREIGN));
    }
}
