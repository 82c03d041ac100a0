package dev.kakehashi.cluster.node;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.ipam.KakehashiIpam;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.linux.IpPrefix;

import java.util.ArrayList;
import java.util.List;

/**
 * The CNI configuration of a node (CNI specification 1.0, section 1): how its pods join the
 * network.
 */
public final class CniConfList {
    /** The name of its file: it sorts before what distributions ship. */
    public static final String FILE_NAME = "10-kakehashi.conflist";

    /** The version that every runtime in use understands. */
    private static final String CNI_VERSION = "1.0.0";

    /** The bridge of the node's pods. */
    public static final String BRIDGE = "cni0";

    private static final JsonObject ASKED =
            JsonObject.builder().put(KakehashiIpam.POD_ANNOTATIONS, true).put("ips", true).build();

    private CniConfList() {}

    /** A plugin after the bridge, and the capability by which the runtime tells it what to do. */
    private record Chained(String type, String capability) {}

    /** For {@code hostPort} of containers. */
    private static final Chained PORTMAP = new Chained("portmap", "portMappings");

    /** For the annotations {@code kubernetes.io/ingress-bandwidth} and {@code egress-bandwidth}. */
    private static final Chained BANDWIDTH = new Chained("bandwidth", "bandwidth");

    private static JsonObject chained(Chained plugin) {
        return JsonObject.builder()
                .put("type", plugin.type())
                .put("capabilities", JsonObject.builder().put(plugin.capability(), true).build())
                .build();
    }

    /**
     * The configuration: a bridge with hairpin, or a route to each pod, as the network's podLink
     * says; addresses out of the node's own subnets, routes to the network, and the default route
     * by way of the node; then published ports and limits of speed, for pods that ask for them.
     *
     * @param subnets the node's subnets
     * @param mtu MTU of pods in octets
     */
    public static String render(Network network, List<IpPrefix> subnets, int mtu) {
        JsonValue[] ranges =
                subnets.stream()
                        .map(subnet ->
                                JsonObject.builder().put("subnet", subnet.toString()).build())
                        .map(JsonArray::of)
                        .toArray(JsonValue[]::new);
        JsonObject.Builder ipam =
                JsonObject.builder().put("type", "host-local").put("ranges", JsonArray.of(ranges));
        return list(network, false, ipam, mtu);
    }

    /**
     * The configuration of a node whose pods have addresses of pools: the same link, addresses out
     * of the node's blocks, and the runtime is asked for pods' annotations, by which they choose a
     * pool.
     *
     * @param node name of the Node
     * @param mtu MTU of pods in octets
     */
    public static String pools(Network network, String node, int mtu) {
        JsonObject.Builder ipam =
                JsonObject.builder()
                        .put("type", KakehashiIpam.NAME)
                        .put("network", network.name())
                        .put("node", node);
        return list(network, true, ipam, mtu);
    }

    private static String list(Network network, boolean pools, JsonObject.Builder ipam, int mtu) {
        List<JsonValue> routes = new ArrayList<>();
        for (IpPrefix cidr : network.spec().cidrs()) {
            routes.add(route(cidr));
        }
        JsonObject.Builder main =
                switch (network.spec().podLink()) {
                    case BRIDGE -> bridge(mtu, pools);
                    case ROUTED -> {
                        network.spec().cidrs().forEach(cidr -> routes.add(route(anywhere(cidr))));
                        yield routed(mtu);
                    }
                };
        if (pools) {
            // The annotations by which pods choose.
            main.put("capabilities", ASKED);
        }
        ipam.put("routes", JsonArray.of(routes.toArray(JsonValue[]::new)));
        JsonObject list =
                JsonObject.builder()
                        .put("cniVersion", CNI_VERSION)
                        .put("name", network.name())
                        .put(
                                "plugins",
                                JsonArray.of(
                                        main.put("ipam", ipam.build()).build(),
                                        chained(PORTMAP),
                                        chained(BANDWIDTH)))
                        .build();
        return list.toPrettyString() + "\n";
    }

    private static JsonObject.Builder bridge(int mtu, boolean pools) {
        JsonObject.Builder bridge =
                JsonObject.builder()
                        .put("type", "bridge")
                        .put("bridge", BRIDGE)
                        .put("isGateway", true)
                        .put("isDefaultGateway", true)
                        .put("hairpinMode", true)
                        .put("ipMasq", false)
                        .put("mtu", mtu);
        // A gateway for each block.
        return pools ? bridge.put("severalAddresses", true) : bridge;
    }

    private static JsonObject.Builder routed(int mtu) {
        return JsonObject.builder()
                .put("type", "ptp")
                .put("linkLocalGateway", true)
                .put("ipMasq", false)
                .put("mtu", mtu);
    }

    private static JsonObject route(IpPrefix destination) {
        return JsonObject.builder().put("dst", destination.toString()).build();
    }

    private static IpPrefix anywhere(IpPrefix cidr) {
        return IpPrefix.parse(cidr.isIpv4() ? "0.0.0.0/0" : "::/0");
    }
}
