package dev.kakehashi.plugins.flannel;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.IpPrefix;

import java.util.ArrayList;
import java.util.List;

/**
 * The configuration of {@code flannel}.
 *
 * @param network the network's name
 * @param cniVersion as it was written; empty for none
 * @param subnetFile where the node's subnets are told
 * @param dataDir where the delegates' configurations are kept until DEL
 * @param delegate what the operator says to the delegate
 * @param ipam what the operator says to its address management
 * @param runtimeConfig what the runtime supplied, for the delegate
 */
record FlannelConfig(
        String network,
        String cniVersion,
        String subnetFile,
        String dataDir,
        JsonObject delegate,
        JsonObject ipam,
        JsonObject runtimeConfig) {
    private static final String SUBNET_FILE = "/run/flannel/subnet.env";
    private static final String DATA_DIR = "/var/lib/cni/flannel";

    static FlannelConfig parse(PluginRequest request) throws CniException {
        JsonObject config = request.config();
        JsonObject delegate = config.object("delegate").orElse(JsonObject.EMPTY);
        for (String ours : new String[] {"name", "ipam"}) {
            if (delegate.has(ours)) {
                throw new CniException(
                        CniException.INVALID_CONFIG,
                        "'delegate' dictionary must not have '"
                                + ours
                                + "' field, it'll be set by flannel");
            }
        }
        if (delegate.has("type") && delegate.string("type", "").isEmpty()) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "'delegate' dictionary, if present, must have (string) 'type' field");
        }
        return new FlannelConfig(
                request.networkName(),
                config.string("cniVersion", ""),
                config.string("subnetFile", SUBNET_FILE),
                config.string("dataDir", DATA_DIR),
                delegate,
                config.object("ipam").orElse(JsonObject.EMPTY),
                request.runtimeConfig());
    }

    /** The delegate's configuration on a node of these subnets, as the original plugin makes it. */
    JsonObject delegateOn(SubnetEnv node) throws JsonException {
        JsonObject made = delegate.with("name", new JsonString(network));
        JsonObject.Builder defaults = JsonObject.builder();
        defaults.put("type", "bridge").put("ipMasq", !node.masquerades()).put("mtu", node.mtu());
        if (delegate.string("type", "bridge").equals("bridge")) {
            defaults.put("isGateway", true);
        }
        for (var member : defaults.build().members()) {
            if (!made.has(member.name())) {
                made = made.with(member.name(), member.value());
            }
        }
        if (!cniVersion.isEmpty()) {
            made = made.with("cniVersion", new JsonString(cniVersion));
        }
        if (!runtimeConfig.isEmpty()) {
            made = made.with("runtimeConfig", runtimeConfig);
        }
        return made.with("ipam", ipamOn(node));
    }

    private JsonObject ipamOn(SubnetEnv node) throws JsonException {
        List<JsonValue> ranges = new ArrayList<>();
        for (IpPrefix subnet : node.subnets()) {
            ranges.add(JsonArray.of(JsonObject.builder().put("subnet", subnet.toString()).build()));
        }
        List<JsonValue> routes = new ArrayList<>(ipam.array("routes"));
        for (IpPrefix all : node.networks()) {
            routes.add(JsonObject.builder().put("dst", all.toString()).build());
        }
        JsonObject made = ipam.has("type") ? ipam : ipam.with("type", new JsonString("host-local"));
        return made.with("ranges", new JsonArray(ranges)).with("routes", new JsonArray(routes));
    }
}
