package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.Namespace;

import java.util.List;
import java.util.Map;

/** The rules of namespaces, made anew only when one changed, or what pools ask about. */
final class HeardNamespaces {
    private List<Namespace> namespaces = List.of();
    private List<PoolRules> pools = List.of();
    private Map<String, NamespaceRules> rules = Map.of();

    /**
     * The rules by the namespaces' names.
     *
     * @param now the same list as before, unless one changed: thousands are not looked at then
     */
    Map<String, NamespaceRules> rules(List<Namespace> now, List<PoolRules> asking) {
        if (!now.equals(namespaces) || !asking.equals(pools)) {
            namespaces = now;
            pools = asking;
            rules = NamespaceRules.of(now, asking);
        }
        return rules;
    }
}
