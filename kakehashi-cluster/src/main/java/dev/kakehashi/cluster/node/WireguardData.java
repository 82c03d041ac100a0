package dev.kakehashi.cluster.node;

import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.wireguard.WireguardKey;

import java.util.Map;
import java.util.Optional;

/** A node's WireGuard public key, as the node's annotations say it in our words or Flannel's. */
public final class WireguardData {
    private static final int MAX_LENGTH = 1024;

    private WireguardData() {}

    /** The key; empty when no annotation holds a usable one. */
    public static Optional<WireguardKey> keyOf(Node node) {
        Map<String, String> annotations = node.metadata().annotations();
        String own = annotations.getOrDefault(NodeAnnotations.WIREGUARD_PUBLIC_KEY, "");
        return own.isEmpty()
                ? fromBackendData(
                        annotations.getOrDefault(NodeAnnotations.FLANNEL_BACKEND_DATA, ""))
                : parsed(own);
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
