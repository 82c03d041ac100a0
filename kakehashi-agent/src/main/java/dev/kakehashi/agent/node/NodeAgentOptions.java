package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.store.StoreAddress;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a node agent is started with.
 *
 * @param node name of the Node
 * @param store where the store is
 * @param network name of the Network
 * @param underlay interface, address or prefix by which other nodes are reached; empty: found from
 *     the routes
 * @param cniConfDir where the CNI configuration goes; empty: none is written
 * @param stateDirectory what the node keeps over restarts: its WireGuard key
 */
public record NodeAgentOptions(
        String node,
        StoreAddress store,
        String network,
        Optional<String> underlay,
        Optional<Path> cniConfDir,
        Path stateDirectory) {
    /** Where an agent keeps things unless told otherwise. */
    public static final Path DEFAULT_STATE_DIRECTORY = Path.of("/var/lib/kakehashi");

    /**
     * A node of a directory store, whose underlay is found, and for which no CNI configuration is
     * written.
     */
    public static NodeAgentOptions of(String node, Path store, String network) {
        return new NodeAgentOptions(
                node,
                StoreAddress.directory(store),
                network,
                Optional.empty(),
                Optional.empty(),
                DEFAULT_STATE_DIRECTORY);
    }

    /** The same with a chosen underlay. */
    public NodeAgentOptions withUnderlay(String other) {
        return new NodeAgentOptions(
                node, store, network, Optional.of(other), cniConfDir, stateDirectory);
    }

    /** The same with a directory for the CNI configuration. */
    public NodeAgentOptions withCniConfDir(Path other) {
        return new NodeAgentOptions(
                node, store, network, underlay, Optional.of(other), stateDirectory);
    }

    /** The same with another state directory. */
    public NodeAgentOptions withStateDirectory(Path other) {
        return new NodeAgentOptions(node, store, network, underlay, cniConfDir, other);
    }
}
