package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.Kind;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a kind's definition has besides the shape of its objects.
 *
 * @param shortNames for {@code kubectl}; none that Calico or Kubernetes has
 * @param columns of {@code kubectl get}: name and JSON path
 * @param rules CEL over the spec, each with what it says when it does not hold: what the reading
 *     code checks beyond single fields
 * @param objectRules the same over the whole object
 */
record ResourceManners(
        List<String> shortNames,
        Map<String, String> columns,
        Map<String, String> rules,
        Map<String, String> objectRules) {
    /** Columns that are no text. */
    static final Set<String> NUMBERS = Set.of(".status.used", ".status.size");

    private static final ResourceManners NONE =
            new ResourceManners(List.of(), Map.of(), Map.of(), Map.of());

    ResourceManners {
        shortNames = List.copyOf(shortNames);
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        rules = Collections.unmodifiableMap(new LinkedHashMap<>(rules));
        objectRules = Collections.unmodifiableMap(new LinkedHashMap<>(objectRules));
    }

    static ResourceManners of(Kind<?> kind) {
        if (kind.equals(Kind.NETWORK)) {
            return network();
        } else if (kind.equals(Kind.IP_POOL)) {
            return columns("kpool", "CIDR", ".spec.cidr", "Network", ".spec.network")
                    .with("Phase", ".status.phase")
                    .with("Ready", condition("Ready") + ".status")
                    .with("Message", condition("Ready") + ".message")
                    .with(SpecRules.ipPool(), Map.of());
        } else if (kind.equals(Kind.IP_BLOCK)) {
            return columns("kblock", "Pool", ".spec.pool", "Node", ".spec.node")
                    .with("State", ".spec.state")
                    .with("Used", ".status.used")
                    .with("Size", ".status.size")
                    .with(SpecRules.ipBlock(), SpecRules.ipBlockObject());
        } else if (kind.equals(Kind.BGP_PEER)) {
            String established = condition("Established");
            return columns("kbgp", "Peer", ".spec.peerAddress", "Network", ".spec.network")
                    .with("Established", established + ".status")
                    .with("Message", established + ".message")
                    .with(SpecRules.bgpPeer(), Map.of());
        }
        return NONE;
    }

    private static String condition(String type) {
        return ".status.conditions[?(@.type==\"" + type + "\")]";
    }

    private static ResourceManners columns(
            String shortName, String first, String firstPath, String second, String secondPath) {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put(first, firstPath);
        columns.put(second, secondPath);
        return new ResourceManners(List.of(shortName), columns, Map.of(), Map.of());
    }

    private ResourceManners with(String column, String path) {
        Map<String, String> more = new LinkedHashMap<>(columns);
        more.put(column, path);
        return new ResourceManners(shortNames, more, rules, objectRules);
    }

    private ResourceManners with(Map<String, String> spec, Map<String, String> object) {
        return new ResourceManners(shortNames, columns, spec, object);
    }

    private static ResourceManners network() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("CIDRs", ".spec.cidrs");
        columns.put("Carrier", ".spec.carrier");
        columns.put("PodLink", ".spec.podLink");
        columns.put("Accepted", condition("Accepted") + ".status");
        columns.put("Message", condition("Accepted") + ".message");
        return new ResourceManners(List.of("knet"), columns, SpecRules.network(), Map.of());
    }
}
