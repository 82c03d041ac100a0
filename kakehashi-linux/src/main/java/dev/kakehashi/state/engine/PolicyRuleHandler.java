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
        return true; // the key is the whole rule
    }

    @Override
    List<String> createCommands(NamespaceId namespace, PolicyRule rule, boolean replace) {
        return List.of(Commands.ip(namespace, rule.ipv4()) + " rule add " + text(rule));
    }

    @Override
    List<String> removeCommands(NamespaceId namespace, PolicyRule rule) {
        return List.of(Commands.ip(namespace, rule.ipv4()) + " rule delete " + text(rule));
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
        boolean lookup = action.get() == PolicyRule.Action.LOOKUP;
        PolicyRule rule =
                new PolicyRule(
                        found.ipv4(),
                        found.priority(),
                        found.from(),
                        found.to(),
                        found.inputInterface(),
                        found.outputInterface(),
                        found.mark(),
                        found.mark().isPresent() ? found.markMask() : OptionalInt.empty(),
                        action.get(),
                        lookup ? found.table() : 0,
                        found.suppressPrefixLength(),
                        found.inverted());
        return Optional.of(
                new Observed(
                        rule, found.protocol() == Ownership.PROTOCOL ? Mark.OURS : Mark.FOREIGN));
    }
}
