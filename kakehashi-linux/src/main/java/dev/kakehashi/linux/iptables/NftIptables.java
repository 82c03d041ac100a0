package dev.kakehashi.linux.iptables;

import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.ForeignRules;
import dev.kakehashi.linux.nft.NftException;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.linux.nft.expr.Xtables;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A table of iptables where {@code iptables-nft(8)} keeps it: additions to what its programs have
 * made, by messages of our own. It never makes the table, nor anything when what is there was not
 * written by iptables in a form that is known here.
 */
final class NftIptables {
    private static final String NEW_CHAIN = ":";
    private static final byte[] ANY_COMMENT = bytes("comment");

    private final ForeignRules there;
    private final TableId table;
    private final IptablesFamily family;

    NftIptables(ForeignRules there, TableId table, IptablesFamily family) {
        this.there = there;
        this.table = table;
        this.family = family;
    }

    /**
     * Adds chains and rules, all or nothing.
     *
     * @param present rules that must be there, else nothing is added
     * @param absent text that no rule must have of the chains that rules are added to
     * @param changes as for {@link Iptables#restore}: new chains, and rules at the end of chains
     * @return whether they were added
     */
    boolean append(Collection<String> present, Collection<String> absent, List<String> changes)
            throws NftException {
        NftTransaction.Builder transaction = NftTransaction.builder();
        Set<String> made = new LinkedHashSet<>();
        Set<String> grown = new LinkedHashSet<>();
        for (String change : changes) {
            if (change.startsWith(NEW_CHAIN)) {
                String chain = change.substring(1, change.indexOf(' '));
                made.add(chain);
                transaction.createChain(table, Chain.regular(chain));
                continue;
            }
            Optional<CompatRule> rule = CompatRule.of(family, change);
            if (rule.isEmpty()) {
                return false;
            }
            grown.add(rule.get().chain());
            transaction.addRule(table, rule.get().chain(), rule.get().rule());
        }
        grown.removeAll(made);
        if (!stands(present) || !isFree(made, grown, absent)) {
            return false;
        }
        if (present.isEmpty() && !isOfIptables(grown)) {
            return false;
        }
        there.apply(transaction.build());
        return true;
    }

    private boolean stands(Collection<String> present) throws NftException {
        List<CompatRule> rules = new ArrayList<>(present.size());
        Set<String> chains = new LinkedHashSet<>();
        for (String line : present) {
            Optional<CompatRule> rule = CompatRule.of(family, line);
            if (rule.isEmpty()) {
                return false;
            }
            rules.add(rule.get());
            chains.add(rule.get().chain());
        }
        for (String chain : chains) {
            List<CompatRule> wanted =
                    rules.stream().filter(rule -> rule.chain().equals(chain)).toList();
            List<Rule> found =
                    there.rules(
                            chain,
                            wanted.stream().map(CompatRule::word).map(NftIptables::bytes).toList());
            for (CompatRule one : wanted) {
                if (!found.contains(one.rule())) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean isFree(Set<String> made, Set<String> grown, Collection<String> absent)
            throws NftException {
        for (String chain : made) {
            if (there.hasChain(chain)) {
                return false;
            }
        }
        List<byte[]> words = absent.stream().map(NftIptables::bytes).toList();
        for (String chain : grown) {
            if (!words.isEmpty() && there.mention(chain, words)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a rule of one of these chains was written by iptables: others have no comments so.
     */
    private boolean isOfIptables(Set<String> chains) throws NftException {
        for (String chain : chains) {
            for (Rule rule : there.rules(chain, List.of(ANY_COMMENT))) {
                if (rule.expressions().stream().anyMatch(Xtables.class::isInstance)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
