package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.Namespace;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a node must know of a namespace to choose a pool for its pods while the store is gone.
 *
 * @param labels those of its labels that pools ask about
 * @param pools the text of its annotation {@link ChoiceAnnotations#POOLS}, not read yet; one that
 *     is too long is cut where it is too long still
 */
public record NamespaceRules(Map<String, String> labels, String pools) {
    /** Copies the labels. */
    public NamespaceRules {
        labels = Map.copyOf(labels);
    }

    /** The rules of namespaces by their names, as far as these pools ask about them. */
    static Map<String, NamespaceRules> of(List<Namespace> namespaces, Collection<PoolRules> pools) {
        Set<String> asked = new TreeSet<>();
        pools.forEach(pool -> asked.addAll(pool.namespaceSelector().keys()));
        asked.remove(Namespace.NAME_LABEL); // each has it by its name
        Map<String, NamespaceRules> rules = new TreeMap<>();
        for (Namespace namespace : namespaces) {
            Map<String, String> labels = new TreeMap<>(namespace.labels());
            labels.keySet().retainAll(asked);
            String said =
                    namespace.metadata().annotations().getOrDefault(ChoiceAnnotations.POOLS, "");
            int enough = Math.min(said.length(), ChoiceAnnotations.LONGEST + 1);
            rules.put(namespace.name(), new NamespaceRules(labels, said.substring(0, enough)));
        }
        return rules;
    }
}
