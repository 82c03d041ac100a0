package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.engine.Engine;
import dev.kakehashi.state.engine.Step;

import java.io.IOException;

/** Takes away what an earlier agent of the node left and the network no longer wants. */
final class NodeSweep {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    private NodeSweep() {}

    /**
     * Sweeps.
     *
     * @param kernel reads in the namespace of {@code host}
     * @param wanted what stays
     */
    static void run(Netns host, RtNetlink kernel, Network network, DesiredState wanted)
            throws IOException {
        DesiredState unwanted =
                NodeLeftovers.of(network.name(), network.spec().cidrs(), host, kernel)
                        .minus(wanted);
        if (unwanted.isEmpty()) {
            return;
        }
        try (Engine engine = Engine.open(host)) {
            for (Step step : engine.remove(unwanted).steps()) {
                LOG.log(
                        System.Logger.Level.INFO,
                        "network {0}: removed what an earlier agent left: {1}",
                        network.name(),
                        String.join("; ", step.commands()));
            }
        }
    }
}
