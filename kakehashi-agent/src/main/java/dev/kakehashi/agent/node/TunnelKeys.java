package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.KeyRotation;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.carrier.NodeTunnelKey;
import dev.kakehashi.cluster.node.WireguardData;
import dev.kakehashi.linux.wireguard.WireguardKey;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The node's WireGuard keys: one for each device there is, made when the device is first wanted and
 * forgotten when it has gone. On one thread only.
 *
 * <p>A key is on disk before anybody hears of it, and is deleted when nobody is told it any more.
 * So a key that is found on disk for a device that the node does not say it has was either made for
 * it, and then published or not, or is one that was to be deleted: only what the Node publishes is
 * taken, and anything else made anew, so that no key comes back after it was replaced.
 */
final class TunnelKeys {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    private final String node;
    private final Path directory;
    private final Map<TunnelDevice, NodeTunnelKey> keys = new EnumMap<>(TunnelDevice.class);
    private final Set<TunnelDevice> forgotten = EnumSet.noneOf(TunnelDevice.class);

    /** Nothing is read yet: it takes a process that has just started long. */
    TunnelKeys(String node, Path directory) {
        this.node = node;
        this.directory = directory;
    }

    /** The keys that there are on disk. */
    static Map<TunnelDevice, NodeTunnelKey> read(Path directory) throws IOException {
        Map<TunnelDevice, NodeTunnelKey> keys = new EnumMap<>(TunnelDevice.class);
        for (TunnelDevice device : TunnelDevice.values()) {
            new TunnelKeyFile(directory, device).read().ifPresent(key -> keys.put(device, key));
        }
        return keys;
    }

    /** Those in use. */
    Map<TunnelDevice, NodeTunnelKey> keys() {
        return Map.copyOf(keys);
    }

    /** What others may know of those in use. */
    Map<TunnelDevice, WireguardKey> publicKeys() {
        Map<TunnelDevice, WireguardKey> all = new EnumMap<>(TunnelDevice.class);
        keys.forEach((device, key) -> all.put(device, key.key().publicKey()));
        return all;
    }

    /**
     * Has a key for each of these devices and, if there is one at all, for no other.
     *
     * @param said the node's Node as it is in the store
     * @param has which devices the node has said that it works with
     * @throws IOException when one cannot be kept on disk, or a file holds something else
     */
    void keep(
            Set<TunnelDevice> wanted,
            Network network,
            Optional<Node> said,
            Predicate<TunnelDevice> has)
            throws IOException {
        for (TunnelDevice device : wanted) {
            if (!keys.containsKey(device)) {
                keys.put(device, found(device, network, said, has.test(device)));
                forgotten.remove(device);
            }
        }
        if (!wanted.isEmpty()) {
            keys.keySet().retainAll(wanted);
        }
    }

    private NodeTunnelKey found(
            TunnelDevice device, Network network, Optional<Node> said, boolean has)
            throws IOException {
        TunnelKeyFile file = new TunnelKeyFile(directory, device);
        Optional<NodeTunnelKey> known = file.read();
        if (known.isPresent() && (has || isPublished(device, known.get(), said))) {
            return known.get();
        }
        Optional<NodeTunnelKey> other = new TunnelKeyFile(directory, device.other()).read();
        if (other.isPresent() && !KeyRotation.of(network).isOf(node)) {
            return file.write(other.get().key());
        }
        NodeTunnelKey made = file.make();
        LOG.log(
                System.Logger.Level.INFO,
                "made the WireGuard key {0}, public key {1}",
                made.file(),
                made.key().publicKey());
        return made;
    }

    private static boolean isPublished(
            TunnelDevice device, NodeTunnelKey key, Optional<Node> said) {
        return said.map(WireguardData::keysOf)
                .map(keys -> keys.get(device))
                .filter(key.key().publicKey()::equals)
                .isPresent();
    }

    /**
     * Deletes the keys that are not in use. To be called when the Node does not publish them any
     * more.
     */
    void deleteOthers() throws IOException {
        if (keys.isEmpty()) {
            return;
        }
        for (TunnelDevice device : TunnelDevice.values()) {
            if (!keys.containsKey(device) && !forgotten.contains(device)) {
                new TunnelKeyFile(directory, device).delete();
                forgotten.add(device);
            }
        }
    }
}
