package dev.kakehashi.state.engine;

import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.PolicyRule;

import java.util.List;
import java.util.Locale;

/** Routing policy rules. */
final class PolicyRuleHandler extends Handler<PolicyRule> {
    @Override
    Phase phase(PolicyRule rule) {
        return Phase.RULE;
    }

    @Override
    List<String> devices(PolicyRule rule) {
        return List.of(); // rules outlive the links they name
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
}
