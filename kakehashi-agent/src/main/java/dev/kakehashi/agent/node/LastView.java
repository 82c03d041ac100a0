package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.node.NodeKeeper;

import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * What of the store a node's kernel was last made of: enough to make it so again while the store
 * does not answer. It says nothing that the store does not say to every node.
 *
 * @param node name of the Node
 * @param network as it was in force
 * @param cluster the Nodes, this one among them, and whose the blocks are
 * @param peers of BGP; none where no carrier speaks it
 */
record LastView(String node, Network network, ClusterState cluster, List<BgpPeer> peers) {
    /** Copies the list. */
    LastView {
        peers = List.copyOf(peers);
    }

    /** The node's own Node. */
    Optional<Node> own() {
        return cluster.nodes().stream().filter(one -> one.name().equals(node)).findFirst();
    }

    /**
     * Whether the same would be made of it: what nodes report of how they are is another all the
     * time, and is not looked at.
     */
    boolean meansTheSameAs(LastView other) {
        return node.equals(other.node)
                && network.equals(other.network)
                && cluster.blocks().equals(other.cluster.blocks())
                && areAlike(peers, other.peers, LastView::isTheSame)
                && areAlike(cluster.pools(), other.cluster.pools(), LastView::isTheSame)
                && areAlike(cluster.nodes(), other.cluster.nodes(), LastView::isTheSame);
    }

    private static <T> boolean areAlike(List<T> some, List<T> others, BiPredicate<T, T> alike) {
        boolean all = some.size() == others.size();
        for (int i = 0; all && i < some.size(); i++) {
            all = alike.test(some.get(i), others.get(i));
        }
        return all;
    }

    private static boolean isTheSame(BgpPeer one, BgpPeer other) {
        return one.name().equals(other.name()) && one.spec().equals(other.spec());
    }

    private static boolean isTheSame(IpPool one, IpPool other) {
        return one.name().equals(other.name())
                && one.spec().equals(other.spec())
                && one.status().phase() == other.status().phase()
                && one.status().cidr().equals(other.status().cidr());
    }

    @SuppressWarnings("ReferenceEquality") // most are: the mirror keeps what did not change
    private static boolean isTheSame(Node one, Node other) {
        return one == other
                || (one.metadata().equals(other.metadata())
                        && one.podCidrs().equals(other.podCidrs())
                        && one.addresses().equals(other.addresses())
                        && NodeKeeper.isFlannel(one) == NodeKeeper.isFlannel(other)
                        && LabelSelector.labelsOf(one).equals(LabelSelector.labelsOf(other)));
    }
}
