package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.Namespace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which pools are for a pod: the pod's own choice goes before its namespace's, and that before the
 * configuration's; and each pool says which namespaces it is for.
 *
 * @param labels of the pod's namespace; empty when it has none
 * @param names of the pools that were chosen; empty: all
 * @param by who chose, for a person
 */
record PoolChoice(Map<String, String> labels, List<String> names, String by) {
    /**
     * The choice for a pod.
     *
     * @throws AddressesExhaustedException when its namespace is not known yet
     * @throws AddressRefusedException when its namespace's choice cannot be read
     */
    static PoolChoice of(Ledger ledger, AddressRequest request)
            throws AddressesExhaustedException, AddressRefusedException {
        String namespace = request.namespace();
        Map<String, String> labels = new TreeMap<>();
        List<String> chosenForAll = List.of();
        String by = "namespace " + namespace;
        if (!namespace.isEmpty()) {
            NamespaceRules rules = ledger.namespaces().get(namespace);
            if (rules != null) {
                labels.putAll(rules.labels());
                if (request.pools().isEmpty()) {
                    chosenForAll = read(by, rules.pools());
                }
            } else if (!ledger.namespaces().isEmpty()) {
                // It may have labels and a choice that this node has not heard of.
                throw new AddressesExhaustedException(
                        by
                                + " is not known to this node yet: it was made just now, or while"
                                + " the store could not be reached");
            }
            labels.put(Namespace.NAME_LABEL, namespace);
        }
        if (!request.pools().isEmpty()) {
            return new PoolChoice(labels, request.pools(), "the pod");
        }
        return chosenForAll.isEmpty()
                ? new PoolChoice(labels, request.usualPools(), "the configuration")
                : new PoolChoice(labels, chosenForAll, by);
    }

    private static List<String> read(String namespace, String text) throws AddressRefusedException {
        try {
            return ChoiceAnnotations.pools(text);
        } catch (AddressRefusedException e) {
            throw new AddressRefusedException(namespace + ": " + e.getMessage());
        }
    }

    /**
     * The pools of a family that the pod may use, in the order in which they are tried.
     *
     * @throws AddressRefusedException when there is none, or one that was chosen is not there
     */
    List<PoolRules> pools(Ledger ledger, boolean ipv4) throws AddressRefusedException {
        for (String name : names) {
            if (ledger.pool(name).isEmpty()) {
                throw new AddressRefusedException(
                        by
                                + " chose IPPool "
                                + name
                                + ", and there is no such one that this node may use; there is "
                                + String.join(
                                        ", ",
                                        ledger.pools().stream().map(PoolRules::name).toList()));
            }
        }
        List<PoolRules> pools = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (PoolRules pool : ledger.pools()) {
            if (pool.cidr().isIpv4() == ipv4) {
                boolean chosen = names.isEmpty() || names.contains(pool.name());
                if (chosen && pool.namespaceSelector().matches(labels)) {
                    pools.add(pool);
                } else {
                    others.add(
                            pool.name()
                                    + (chosen
                                            ? " is not for its namespace"
                                            : " is not what " + by + " chose"));
                }
            }
        }
        if (pools.isEmpty()) {
            throw new AddressRefusedException(
                    "no IPPool with "
                            + (ipv4 ? "IPv4" : "IPv6")
                            + " addresses is for this pod: "
                            + String.join(", ", others));
        }
        return pools;
    }
}
