package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads and writes Nodes. A Node belongs to Kubernetes and has many fields that are none of ours:
 * they are kept, and not called unknown.
 */
final class NodeCodec implements Kind.Codec<Node> {
    /** A kubelet tells those of every interface, if it is asked to. */
    private static final int MOST_ADDRESSES = 1024;

    @Override
    public Node decode(Metadata metadata, Fields fields, Tree origin) {
        Fields status = fields.section("status");
        List<NodeAddress> addresses =
                status.sections("addresses", MOST_ADDRESSES).stream()
                        .map(f ->
                                new NodeAddress(
                                        f.string("type").orElse(""),
                                        f.string("address").orElse("")))
                        .toList();
        List<Condition> conditions = ConditionCodec.decode(status);
        return new Node(metadata, podCidrs(fields.section("spec")), addresses, conditions, origin);
    }

    @Override
    public void encode(Node node, TreeEditor tree) {
        TreeEditor spec = tree.section("spec");
        List<String> cidrs = node.podCidrs().stream().map(IpPrefix::toString).toList();
        spec.setUnlessEmpty("podCIDR", cidrs.isEmpty() ? "" : cidrs.getFirst());
        spec.setUnlessEmpty("podCIDRs", cidrs);
        tree.dropIfEmpty("spec");

        TreeEditor status = tree.section("status");
        List<String> types = node.addresses().stream().map(NodeAddress::type).toList();
        List<TreeEditor> addresses = status.elements("addresses", "type", types);
        for (int i = 0; i < addresses.size(); i++) {
            addresses.get(i).set("address", node.addresses().get(i).address());
        }
        ConditionCodec.encode(node.conditions(), status);
        tree.dropIfEmpty("status");
    }

    /**
     * {@code podCIDRs}, or the older {@code podCIDR}; Kubernetes demands that the first of one is
     * the other.
     */
    private static List<IpPrefix> podCidrs(Fields spec) {
        List<IpPrefix> cidrs = new ArrayList<>(spec.networks("podCIDRs"));
        String single = spec.string("podCIDR").orElse("");
        if (!single.isEmpty()) {
            spec.network("podCIDR", single)
                    .ifPresent(cidr -> {
                        if (cidrs.isEmpty()) {
                            cidrs.add(cidr);
                        } else if (!cidrs.getFirst().equals(cidr)) {
                            spec.error(
                                    "podCIDR",
                                    "must be the first of podCIDRs, " + cidrs.getFirst());
                        }
                    });
        }
        long ipv4 = cidrs.stream().filter(IpPrefix::isIpv4).count();
        if (ipv4 > 1 || cidrs.size() - ipv4 > 1) {
            spec.error("podCIDRs", "may hold at most one network of each family");
        }
        return cidrs;
    }
}
