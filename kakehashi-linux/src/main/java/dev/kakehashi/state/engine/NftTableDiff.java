package dev.kakehashi.state.engine;

import dev.kakehashi.linux.nft.ChainContents;
import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.Ruleset;
import dev.kakehashi.linux.nft.SetContents;
import dev.kakehashi.linux.nft.TableId;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The change from one ruleset of a table to another, as small as is simple: elements where sets
 * stay, chains that differ where declarations stay, else the whole table. Elements that stay keep
 * their state, and large sets cost nothing.
 */
final class NftTableDiff {
    private NftTableDiff() {}

    static void change(Ruleset before, Ruleset after, NftTransaction.Builder transaction) {
        if (!sameDeclarations(before, after)) {
            transaction.destroyTable(after.id()).add(after);
            return;
        }
        TableId id = after.id();
        for (int i = 0; i < after.chains().size(); i++) {
            if (!after.chains().get(i).equals(before.chains().get(i))) {
                transaction.flushChain(id, after.chains().get(i).chain().name());
            }
        }
        for (int i = 0; i < after.sets().size(); i++) {
            elements(id, before.sets().get(i), after.sets().get(i), transaction);
        }
        for (int i = 0; i < after.chains().size(); i++) {
            ChainContents contents = after.chains().get(i);
            if (!contents.equals(before.chains().get(i))) {
                for (Rule rule : contents.rules()) {
                    transaction.addRule(id, contents.chain().name(), rule);
                }
            }
        }
    }

    private static boolean sameDeclarations(Ruleset before, Ruleset after) {
        if (!before.table().equals(after.table())
                || before.sets().size() != after.sets().size()
                || before.chains().size() != after.chains().size()) {
            return false;
        }
        for (int i = 0; i < after.sets().size(); i++) {
            if (!before.sets().get(i).set().equals(after.sets().get(i).set())) {
                return false;
            }
        }
        for (int i = 0; i < after.chains().size(); i++) {
            if (!before.chains().get(i).chain().equals(after.chains().get(i).chain())) {
                return false;
            }
        }
        return true;
    }

    private static void elements(
            TableId id, SetContents before, SetContents after, NftTransaction.Builder transaction) {
        List<Element> gone = without(before.elements(), after.elements());
        if (!gone.isEmpty()) {
            transaction.deleteElements(id, before.set(), gone);
        }
        List<Element> fresh = without(after.elements(), before.elements());
        if (!fresh.isEmpty()) {
            transaction.addElements(id, after.set(), fresh);
        }
    }

    /**
     * Some elements but for others, in the time of reading both once. What they begin and end with
     * alike, as most of two sorted sets of thousands, is not looked up.
     */
    static List<Element> without(List<Element> some, List<Element> others) {
        int shorter = Math.min(some.size(), others.size());
        int begin = 0;
        while (begin < shorter && Objects.equals(some.get(begin), others.get(begin))) {
            begin++;
        }
        int end = 0;
        while (end < shorter - begin
                && Objects.equals(
                        some.get(some.size() - 1 - end), others.get(others.size() - 1 - end))) {
            end++;
        }
        Set<Element> known = new HashSet<>(others.subList(begin, others.size() - end));
        List<Element> rest = new ArrayList<>(some.subList(begin, some.size() - end));
        rest.removeIf(known::contains);
        return rest;
    }
}
