package dev.kakehashi.cluster.node;

import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.wireguard.WireguardKey;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** A node's WireGuard public keys, as the node's annotations say them in our words or Flannel's. */
public final class WireguardData {
    private static final int MAX_LENGTH = 1024;

    private WireguardData() {}

    /**
     * The keys that annotations hold in a usable form. What is said in Flannel's words only is that
     * of the first device: Flannel has one.
     */
    public static Map<TunnelDevice, WireguardKey> keysOf(Node node) {
        Map<String, String> annotations = node.metadata().annotations();
        Map<TunnelDevice, WireguardKey> keys = new EnumMap<>(TunnelDevice.class);
        boolean own = false;
        for (TunnelDevice device : TunnelDevice.values()) {
            if (NodeKeeper.isFlannel(node)) {
                break;
            }
            String text = annotations.getOrDefault(annotation(device), "");
            own |= !text.isEmpty();
            parsed(text).ifPresent(key -> keys.put(device, key));
        }
        if (!own) {
            fromBackendData(annotations.getOrDefault(NodeAnnotations.FLANNEL_BACKEND_DATA, ""))
                    .ifPresent(key -> keys.put(TunnelDevice.FIRST, key));
        }
        return keys;
    }

    /** The metadata of a Node saying these keys and no others. */
    static Metadata in(Metadata metadata, Map<TunnelDevice, WireguardKey> keys) {
        Metadata said = metadata;
        for (TunnelDevice device : TunnelDevice.values()) {
            WireguardKey key = keys.get(device);
            if (key != null) {
                said = said.with(annotation(device), key.toString());
            } else if (said.annotations().containsKey(annotation(device))) {
                said = said.without(annotation(device));
            }
        }
        return said;
    }

    private static String annotation(TunnelDevice device) {
        return switch (device) {
            case FIRST -> NodeAnnotations.WIREGUARD_PUBLIC_KEY;
            case SECOND -> NodeAnnotations.WIREGUARD_PUBLIC_KEY_2;
        };
    }

    /** Flannel's backend-data of the wireguard backend. */
    static String backendData(WireguardKey key, int port) {
        return JsonObject.builder()
                .put("PublicKey", key.toString())
                .put("Port", port)
                .build()
                .toString();
    }

    private static Optional<WireguardKey> fromBackendData(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            return JsonParser.parse(text) instanceof JsonObject data
                    ? data.string("PublicKey").flatMap(WireguardData::parsed)
                    : Optional.empty();
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private static Optional<WireguardKey> parsed(String text) {
        try {
            return Optional.of(WireguardKey.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
