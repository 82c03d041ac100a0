package dev.kakehashi.cluster.node;

import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.linux.wireguard.WireguardKey;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** A node's WireGuard public keys, as the node's annotations say them in our words or Flannel's. */
public final class WireguardData {
    private static final int MAX_LENGTH = 1024;
    private static final int MAX_PORT = 65535;

    private WireguardData() {}

    /**
     * The keys that annotations hold in a usable form. Flannel says that of the first device for
     * IPv4 and that of the second one for IPv6; where it has one device for both, they are one.
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
            for (TunnelDevice device : TunnelDevice.values()) {
                flannels(annotations, device, "PublicKey")
                        .flatMap(WireguardData::parsed)
                        .ifPresent(key -> keys.put(device, key));
            }
        }
        return keys.isEmpty() ? Map.of() : keys;
    }

    /**
     * UDP ports of the devices; of those that are not there it is the network's. Each node of
     * Flannel says its own, ours where Flannel's device had the network's.
     */
    public static Map<TunnelDevice, Integer> portsOf(Node node) {
        Map<String, String> annotations = node.metadata().annotations();
        Map<TunnelDevice, Integer> ports = new EnumMap<>(TunnelDevice.class);
        for (TunnelDevice device : TunnelDevice.values()) {
            flannels(annotations, device, "Port")
                    .flatMap(WireguardData::port)
                    .ifPresent(port -> ports.put(device, port));
        }
        if (annotations.containsKey(NodeAnnotations.WIREGUARD_PUBLIC_KEY)
                && !NodeKeeper.isFlannel(node)) {
            ports.remove(TunnelDevice.FIRST); // what is said there may be of the device in use
            ownPort(node).ifPresent(port -> ports.put(TunnelDevice.FIRST, port));
        }
        return ports.isEmpty() ? Map.of() : ports;
    }

    /** The port that one of ours says for its first device, where it is not the network's. */
    public static Optional<Integer> ownPort(Node node) {
        return Optional.ofNullable(
                        node.metadata().annotations().get(NodeAnnotations.WIREGUARD_PORT))
                .flatMap(WireguardData::port);
    }

    private static Optional<Integer> port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port > 0 && port <= MAX_PORT ? Optional.of(port) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
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

    /** What Flannel says of its device for a family; IPv6 where there is no IPv4. */
    private static Optional<String> flannels(
            Map<String, String> annotations, TunnelDevice device, String member) {
        String ipv4 = annotations.getOrDefault(NodeAnnotations.FLANNEL_BACKEND_DATA, "");
        String ipv6 = annotations.getOrDefault(NodeAnnotations.FLANNEL_BACKEND_V6_DATA, "");
        // Of thousands of nodes with another carrier the text need not be parsed for this.
        if (!ipv4.contains(member) && !ipv6.contains(member)) {
            return Optional.empty();
        }
        Optional<JsonObject> data =
                device == TunnelDevice.SECOND ? data(ipv6) : data(ipv4).or(() -> data(ipv6));
        return data.flatMap(said -> find(said, member));
    }

    private static Optional<JsonObject> data(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            return JsonParser.parse(text) instanceof JsonObject data
                    ? Optional.of(data)
                    : Optional.empty();
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> find(JsonObject data, String name) {
        return data.find(name)
                .map(value -> value instanceof JsonString text ? text.value() : value.toString());
    }

    private static Optional<WireguardKey> parsed(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(WireguardKey.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
