package dev.kakehashi.cluster.migration;

import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.carrier.Way;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the other nodes say of their carriers.
 *
 * @param byNode by name of their Node; empty for one that cannot be understood
 */
public record PeerCarriers(Map<String, Optional<NodeCarriers>> byNode) {
    /** Reads what the Nodes say. */
    public static PeerCarriers of(Collection<Node> nodes, String self, Way wanted) {
        Map<String, Optional<NodeCarriers>> peers = new TreeMap<>();
        Map<String, Optional<NodeCarriers>> read = new HashMap<>(); // most say the same
        for (Node node : nodes) {
            if (!node.name().equals(self)) {
                String text =
                        node.metadata()
                                .annotations()
                                .getOrDefault(dev.kakehashi.cluster.NodeAnnotations.CARRIERS, "");
                peers.put(
                        node.name(),
                        text.isEmpty()
                                ? CarriersAnnotation.read(node, wanted)
                                : read.computeIfAbsent(text, CarriersAnnotation::parse));
            }
        }
        return new PeerCarriers(peers);
    }

    /** By what a node sends to another; empty for one that cannot be understood. */
    public Optional<Sending> sending(String node, String receiver) {
        return byNode.getOrDefault(node, Optional.empty()).map(said -> said.to(receiver));
    }

    /** Whether a node can receive by a carrier now; who cannot be understood is not believed to. */
    boolean receives(String node, Way carrier) {
        return byNode.getOrDefault(node, Optional.empty())
                .filter(said -> said.receives().contains(carrier))
                .isPresent();
    }

    /** Whether somebody may be sending to a node by a carrier. */
    boolean maySend(String receiver, Way carrier) {
        return byNode.values().stream()
                .anyMatch(said -> said.isEmpty() || said.get().to(receiver).mayBe(carrier));
    }
}
