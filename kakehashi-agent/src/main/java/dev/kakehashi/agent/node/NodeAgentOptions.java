package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.linux.IpPrefix;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a node agent is started with.
 *
 * @param node name of the Node
 * @param store where the store is
 * @param network name of the Network
 * @param networkCidrs addresses of a Network of that name that is made when there is none; empty:
 *     it is waited for
 * @param underlay by which interface other nodes are reached; empty: found from the routes
 * @param cniConfDir where the CNI configuration goes; empty: none is written
 * @param stateDirectory what the node keeps over restarts: its WireGuard key, the files of BIRD
 * @param bird name or path of the BIRD that is started where none runs; {@link #EXTERNAL_BIRD}:
 *     somebody else runs it
 * @param flannel what it has to do with Flannel
 */
public record NodeAgentOptions(
        String node,
        StoreAddress store,
        String network,
        List<IpPrefix> networkCidrs,
        Optional<WantedUnderlay> underlay,
        Optional<Path> cniConfDir,
        Path stateDirectory,
        String bird,
        FlannelOptions flannel) {
    /** As distributions name it. */
    public static final String DEFAULT_BIRD = "bird";

    /** Instead of a name: BIRD is run beside the agent, by {@code kakehashi-bird}. */
    public static final String EXTERNAL_BIRD = "external";

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
                List.of(),
                Optional.empty(),
                Optional.empty(),
                DEFAULT_STATE_DIRECTORY,
                DEFAULT_BIRD,
                FlannelOptions.NONE);
    }

    /** The same with a chosen underlay, as {@link WantedUnderlay#parse} reads it. */
    public NodeAgentOptions withUnderlay(String other) {
        return new NodeAgentOptions(
                node,
                store,
                network,
                networkCidrs,
                Optional.of(WantedUnderlay.parse(other)),
                cniConfDir,
                stateDirectory,
                bird,
                flannel);
    }

    /** The same with a directory for the CNI configuration. */
    public NodeAgentOptions withCniConfDir(Path other) {
        return new NodeAgentOptions(
                node,
                store,
                network,
                networkCidrs,
                underlay,
                Optional.of(other),
                stateDirectory,
                bird,
                flannel);
    }

    /** The same with another state directory. */
    public NodeAgentOptions withStateDirectory(Path other) {
        return new NodeAgentOptions(
                node, store, network, networkCidrs, underlay, cniConfDir, other, bird, flannel);
    }

    /** The same with another BIRD. */
    public NodeAgentOptions withBird(String other) {
        return new NodeAgentOptions(
                node,
                store,
                network,
                networkCidrs,
                underlay,
                cniConfDir,
                stateDirectory,
                other,
                flannel);
    }

    /** The same with something else to do with Flannel. */
    public NodeAgentOptions withFlannel(FlannelOptions other) {
        return new NodeAgentOptions(
                node,
                store,
                network,
                networkCidrs,
                underlay,
                cniConfDir,
                stateDirectory,
                bird,
                other);
    }
}
