package dev.kakehashi.state.engine;

import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.NftSet;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.SetContents;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NftElements;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Elements of ours in sets that others use too. */
final class NftElementsHandler extends NftHandler<NftElements> {
    @Override
    boolean same(NftElements wanted, NftElements found) {
        return new HashSet<>(found.elements()).containsAll(wanted.elements());
    }

    /** What is in a set, by comment, and the set itself. */
    static List<Observed> observed(Table table, SetContents contents) {
        Map<String, List<Element>> byComment = new LinkedHashMap<>();
        for (Element element : contents.elements()) {
            byComment.computeIfAbsent(element.comment(), c -> new ArrayList<>(2)).add(element);
        }
        List<Observed> all = new ArrayList<>(byComment.size() + 1);
        all.add(new Observed(NftElements.none(table, contents.set()), Mark.FOREIGN));
        byComment.forEach((comment, elements) -> {
            NftElements found = new NftElements(table, contents.set(), comment, elements);
            all.add(new Observed(found, comment.isEmpty() ? Mark.FOREIGN : Mark.OURS));
        });
        return all;
    }

    @Override
    void diff(NamespaceId namespace, NftElements wanted, Scene scene) {
        Set<Value> keys = new HashSet<>();
        for (Element element : wanted.elements()) {
            keys.add(element.key());
        }
        boolean declared = false;
        List<Element> there = new ArrayList<>();
        for (List<Observed> objects : scene.observed(namespace).objects()) {
            if (objects.getFirst().resource() instanceof NftElements found
                    && found.table().id().equals(wanted.table().id())
                    && found.set().name().equals(wanted.set().name())) {
                declared = true;
                for (Element element : found.elements()) {
                    if (keys.contains(element.key())) {
                        there.add(element);
                    }
                }
            }
        }
        if (there.isEmpty() && (!declared || !wanted.elements().isEmpty())) {
            scene.add(phase(wanted), new Step.Create(namespace, wanted, false));
        } else if (!new HashSet<>(there).containsAll(wanted.elements())) {
            NftElements before =
                    new NftElements(wanted.table(), wanted.set(), wanted.comment(), there);
            scene.add(phase(wanted), new Step.Change(namespace, wanted, before));
        }
    }

    @Override
    void declare(NftElements elements, NftTransaction.Builder transaction) {
        transaction.addTable(elements.table());
        transaction.addSet(elements.table().id(), elements.set());
    }

    /** Refused when a key is taken: an element that is there would keep its comment. */
    @Override
    void fill(NftElements elements, NftTransaction.Builder transaction) {
        if (!elements.elements().isEmpty()) {
            transaction.createElements(elements.table().id(), elements.set(), elements.elements());
        }
    }

    /** Puts elements in the place of those with their keys. */
    static void change(NftElements before, NftElements after, NftTransaction.Builder transaction) {
        TableId table = after.table().id();
        NftSet set = after.set();
        List<Element> gone = NftTableDiff.without(before.elements(), after.elements());
        if (!gone.isEmpty()) {
            transaction.deleteElements(table, set, gone);
        }
        List<Element> fresh = NftTableDiff.without(after.elements(), before.elements());
        if (!fresh.isEmpty()) {
            transaction.createElements(table, set, fresh);
        }
    }

    static void remove(NftElements elements, NftTransaction.Builder transaction) {
        if (!elements.elements().isEmpty()) {
            transaction.deleteElements(elements.table().id(), elements.set(), elements.elements());
        }
    }

    @Override
    List<String> changeCommands(NamespaceId namespace, NftElements after, NftElements before) {
        NftTransaction.Builder transaction = NftTransaction.builder();
        change(before, after, transaction);
        return commands(namespace, transaction);
    }

    @Override
    List<String> removeCommands(NamespaceId namespace, NftElements elements) {
        NftTransaction.Builder transaction = NftTransaction.builder();
        remove(elements, transaction);
        return commands(namespace, transaction);
    }
}
