package dev.kakehashi.cluster.node;

import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;

/** Who looks after a node, and writes what its Node says. */
public final class NodeKeeper {
    /** Why a network is there, as Flannel says it ({@code pkg/subnet/kube/kube.go}). */
    private static final String FLANNEL_IS_UP = "FlannelIsUp";

    private NodeKeeper() {}

    /**
     * Whether Flannel runs on a node and not Kakehashi. Ours say more; where they were before
     * Flannel came, or came back, Flannel's condition is the later word.
     */
    public static boolean isFlannel(Node node) {
        var said = node.metadata().annotations();
        return said.getOrDefault(NodeAnnotations.FLANNEL_MANAGER, "").equals("true")
                && (!said.containsKey(NodeAnnotations.VTEP_MAC)
                        || node.conditions().stream().anyMatch(NodeKeeper::isFlannels));
    }

    private static boolean isFlannels(Condition condition) {
        return condition.type().equals(Condition.NETWORK_UNAVAILABLE)
                && condition.reason().equals(FLANNEL_IS_UP);
    }
}
