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

    /**
     * What a node follows of a Node: as {@link Node#seenBy}, and of another one's conditions, which
     * are told anew all the time, those alone that say who looks after it.
     *
     * @param self the name of the node that looks
     */
    public static Node seenBy(Node node, String self) {
        if (node.name().equals(self)) {
            return node;
        }
        return node.seenBy(self)
                .withConditions(node.conditions().stream().filter(NodeKeeper::isFlannels).toList());
    }

    private static boolean isFlannels(Condition condition) {
        return condition.type().equals(Condition.NETWORK_UNAVAILABLE)
                && condition.reason().equals(FLANNEL_IS_UP);
    }
}
