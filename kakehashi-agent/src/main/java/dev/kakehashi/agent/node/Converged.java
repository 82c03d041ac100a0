package dev.kakehashi.agent.node;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.carrier.NodeState;
import dev.kakehashi.cluster.carrier.SelfNode;

import java.util.List;

/**
 * What a node was made to be when it was last as wanted.
 *
 * @param network as it was wanted
 * @param self the node
 * @param cluster the others
 * @param state what is kept in the kernel
 * @param sessions of BGP, as they were then
 * @param shortage why no address can be given; empty when one can
 */
record Converged(
        Network network,
        SelfNode self,
        ClusterState cluster,
        NodeState state,
        List<BgpSession> sessions,
        String shortage) {
    /** Copies the list. */
    Converged {
        sessions = List.copyOf(sessions);
    }
}
