package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.linux.IpPrefix;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Pools whose blocks have eight addresses, and the ledger of a node that has some of these. */
final class SmallPools {
    private SmallPools() {}

    /** One for every namespace. */
    static PoolRules pool(String name, String cidr, String... reservations) {
        return rules(name, cidr, LabelSelector.everything(), reservations);
    }

    /** One for some namespaces. */
    static PoolRules pool(String name, String cidr, LabelSelector namespaces) {
        return rules(name, cidr, namespaces);
    }

    /** One for a namespace alone. */
    static PoolRules only(String namespace, String name, String cidr) {
        return pool(
                name,
                cidr,
                new LabelSelector(Map.of("kubernetes.io/metadata.name", namespace), List.of()));
    }

    private static PoolRules rules(
            String name, String cidr, LabelSelector namespaces, String... reservations) {
        IpPrefix range = IpPrefix.parse(cidr);
        return new PoolRules(
                name,
                range,
                range.isIpv4() ? 29 : 125,
                false,
                namespaces,
                Stream.of(reservations).map(IpPrefix::parse).toList(),
                false);
    }

    /** A block that the node has for good. */
    static HeldBlock block(String pool, IpPrefix cidr) {
        return HeldBlock.own(cidr, pool, Long.MAX_VALUE);
    }

    /** A ledger of a pool, with blocks of it. */
    static Ledger ledger(PoolRules pool, IpPrefix... blocks) {
        Ledger ledger = Ledger.of("boot").withPools(List.of(pool));
        for (IpPrefix block : blocks) {
            ledger = ledger.with(block(pool.name(), block));
        }
        return ledger;
    }
}
