package dev.kakehashi.cluster.node;

import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.MacAddress;

import java.util.Map;
import java.util.Optional;

/**
 * The hardware address of a node's VXLAN device, as the node's annotations say it in our words or
 * Flannel's.
 */
public final class VtepData {
    private static final int MAX_LENGTH = 1024;

    private VtepData() {}

    /**
     * The address; empty when no annotation holds a usable one.
     *
     * @param ipv4 of the device that carries IPv4; Flannel has an address for each family, ours one
     *     for both unless they were Flannel's
     */
    public static Optional<MacAddress> macOf(Node node, boolean ipv4) {
        Map<String, String> annotations = node.metadata().annotations();
        String own = annotations.getOrDefault(NodeAnnotations.VTEP_MAC, "");
        if (!own.isEmpty() && !NodeKeeper.isFlannel(node)) {
            Optional<MacAddress> other =
                    ipv4
                            ? Optional.empty()
                            : unicast(annotations.getOrDefault(NodeAnnotations.VTEP_MAC_IPV6, ""));
            return other.or(() -> unicast(own));
        }
        return fromBackendData(
                annotations.getOrDefault(
                        ipv4
                                ? NodeAnnotations.FLANNEL_BACKEND_DATA
                                : NodeAnnotations.FLANNEL_BACKEND_V6_DATA,
                        ""));
    }

    /** The addresses of both devices; those that no annotation says are the {@code fresh} ones. */
    public static Vteps of(Node node, Vteps fresh) {
        Optional<MacAddress> ipv4 = macOf(node, true);
        Optional<MacAddress> ipv6 = macOf(node, false);
        return ipv4.isEmpty() && ipv6.isEmpty()
                ? fresh
                : new Vteps(ipv4.or(() -> ipv6).orElseThrow(), ipv6.or(() -> ipv4).orElseThrow());
    }

    /**
     * Flannel's backend-data of the vxlan backend: {@code {"VNI":1,"VtepMAC":"aa:bb:cc:dd:ee:ff"}}.
     */
    static String backendData(int vni, MacAddress mac) {
        return JsonObject.builder()
                .put("VNI", vni)
                .put("VtepMAC", mac.toString())
                .build()
                .toString();
    }

    private static Optional<MacAddress> fromBackendData(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            return JsonParser.parse(text) instanceof JsonObject data
                    ? data.string("VtepMAC").flatMap(VtepData::unicast)
                    : Optional.empty();
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private static Optional<MacAddress> unicast(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            MacAddress mac = MacAddress.parse(text);
            return mac.isMulticast() || mac.equals(MacAddress.ZERO)
                    ? Optional.empty()
                    : Optional.of(mac);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
