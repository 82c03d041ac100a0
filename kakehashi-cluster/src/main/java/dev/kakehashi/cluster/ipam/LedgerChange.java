package dev.kakehashi.cluster.ipam;

import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is another in a ledger than in the one before it: what is written of a change, so that an
 * address costs the same whether ten are given or a thousand.
 *
 * @param generation of the later one
 * @param pools if they are others, all of them
 * @param namespaces that came or changed
 * @param namespacesGone that are no longer there
 * @param blocks that came or changed
 * @param blocksGone that are no longer there
 * @param given that came or changed
 * @param givenGone that are no longer there
 * @param cooling that came or changed
 * @param coolingGone that are no longer there
 */
record LedgerChange(
        long generation,
        Optional<List<PoolRules>> pools,
        Map<String, NamespaceRules> namespaces,
        List<String> namespacesGone,
        List<HeldBlock> blocks,
        List<IpPrefix> blocksGone,
        List<Given> given,
        List<InetAddress> givenGone,
        Map<InetAddress, Long> cooling,
        List<InetAddress> coolingGone) {

    static LedgerChange between(Ledger before, Ledger after) {
        return new LedgerChange(
                after.generation(),
                after.pools().equals(before.pools())
                        ? Optional.empty()
                        : Optional.of(after.pools()),
                come(before.namespaces(), after.namespaces()),
                gone(before.namespaces(), after.namespaces()),
                List.copyOf(come(before.blocks(), after.blocks()).values()),
                gone(before.blocks(), after.blocks()),
                List.copyOf(come(before.given(), after.given()).values()),
                gone(before.given(), after.given()),
                come(before.cooling(), after.cooling()),
                gone(before.cooling(), after.cooling()));
    }

    @SuppressWarnings("ReferenceEquality") // most of a ledger is passed on as it is
    private static <K, V> Map<K, V> come(Map<K, V> before, Map<K, V> after) {
        if (before == after) {
            return Map.of();
        }
        Map<K, V> come = new LinkedHashMap<>();
        after.forEach((key, value) -> {
            if (!value.equals(before.get(key))) {
                come.put(key, value);
            }
        });
        return come;
    }

    @SuppressWarnings("ReferenceEquality") // likewise
    private static <K, V> List<K> gone(Map<K, V> before, Map<K, V> after) {
        if (before == after) {
            return List.of();
        }
        List<K> gone = new ArrayList<>();
        before.forEach((key, _) -> {
            if (!after.containsKey(key)) {
                gone.add(key);
            }
        });
        return gone;
    }

    /** The later ledger, made of the earlier one. */
    Ledger applyTo(Ledger before) {
        Map<String, NamespaceRules> known = before.namespaces();
        if (!namespaces.isEmpty() || !namespacesGone.isEmpty()) {
            known = new TreeMap<>(before.namespaces());
            known.keySet().removeAll(namespacesGone);
            known.putAll(namespaces);
        }
        Map<IpPrefix, HeldBlock> held = new TreeMap<>(before.blocks());
        blocksGone.forEach(held::remove);
        blocks.forEach(block -> held.put(block.cidr(), block));
        Map<InetAddress, Given> inUse = new LinkedHashMap<>(before.given());
        givenGone.forEach(inUse::remove);
        given.forEach(one -> inUse.put(one.allocation().address(), one));
        Map<InetAddress, Long> cool = new HashMap<>(before.cooling());
        coolingGone.forEach(cool::remove);
        cool.putAll(cooling);
        return new Ledger(
                before.bootId(),
                generation,
                pools.orElse(before.pools()),
                Frozen.of(known),
                Frozen.of(held),
                Frozen.of(inUse),
                Frozen.of(cool));
    }
}
