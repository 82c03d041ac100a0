package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.Kind;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a kind's definition has besides the shape of its objects.
 *
 * @param shortNames for {@code kubectl}; none that Calico or Kubernetes has
 * @param columns of {@code kubectl get}: name and JSON path
 * @param rules CEL over the spec, each with what it says when it does not hold: what the reading
 *     code checks beyond single fields
 */
record ResourceManners(
        List<String> shortNames, Map<String, String> columns, Map<String, String> rules) {
    private static final ResourceManners NONE = new ResourceManners(List.of(), Map.of(), Map.of());

    ResourceManners {
        shortNames = List.copyOf(shortNames);
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        rules = Collections.unmodifiableMap(new LinkedHashMap<>(rules));
    }

    static ResourceManners of(Kind<?> kind) {
        if (kind.equals(Kind.NETWORK)) {
            return network();
        } else if (kind.equals(Kind.IP_POOL)) {
            return columns("kpool", "CIDR", ".spec.cidr", "Network", ".spec.network")
                    .with("Phase", ".status.phase");
        } else if (kind.equals(Kind.IP_BLOCK)) {
            return columns("kblock", "Pool", ".spec.pool", "Node", ".spec.node");
        } else if (kind.equals(Kind.BGP_PEER)) {
            String established = ".status.conditions[?(@.type==\"Established\")]";
            return columns("kbgp", "Peer", ".spec.peerAddress", "Network", ".spec.network")
                    .with("Established", established + ".status")
                    .with("Message", established + ".message");
        }
        return NONE;
    }

    private static ResourceManners columns(
            String shortName, String first, String firstPath, String second, String secondPath) {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put(first, firstPath);
        columns.put(second, secondPath);
        return new ResourceManners(List.of(shortName), columns, Map.of());
    }

    private ResourceManners with(String column, String path) {
        Map<String, String> more = new LinkedHashMap<>(columns);
        more.put(column, path);
        return new ResourceManners(shortNames, more, rules);
    }

    private static ResourceManners network() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("CIDRs", ".spec.cidrs");
        columns.put("Carrier", ".spec.carrier");
        columns.put("PodLink", ".spec.podLink");
        Map<String, String> rules = new LinkedHashMap<>();
        rules.put("size(self.cidrs) > 0", "cidrs must name the addresses of the pods");
        rules.put(
                "self.cidrs.filter(c, isCIDR(c) && cidr(c).ip().family() == 4).size() < 2"
                        + " && self.cidrs.filter(c, isCIDR(c) && cidr(c).ip().family() == 6).size() < 2",
                "cidrs may hold at most one network of each family");
        rules.put(
                "self.cidrs.all(c, !isCIDR(c) || cidr(c).ip().family() == 6"
                        + " || cidr(c).prefixLength()"
                        + " <= (has(self.nodePrefixLength) ? self.nodePrefixLength : 24))",
                "nodePrefixLength (24) must not be shorter than the network's own");
        rules.put(
                "self.cidrs.all(c, !isCIDR(c) || cidr(c).ip().family() == 4"
                        + " || cidr(c).prefixLength()"
                        + " <= (has(self.nodePrefixLengthIPv6) ? self.nodePrefixLengthIPv6 : 64))",
                "nodePrefixLengthIPv6 (64) must not be shorter than the network's own");
        rules.put(
                "!has(self.dataplane) || self.dataplane == 'nft'",
                "this version supports dataplane nft only");
        rules.put(
                addressesOf("self") + " == " + addressesOf("oldSelf"),
                "ipam.type cannot be changed: pods that run have addresses of the other type;"
                        + " delete the Network and make another one");
        return new ResourceManners(List.of("knet"), columns, rules);
    }

    /** Where a Network's pods have addresses from. */
    private static String addressesOf(String spec) {
        return "(has(%1$s.ipam) && has(%1$s.ipam.type) ? %1$s.ipam.type : 'podCIDR')"
                .formatted(spec);
    }
}
