package dev.kakehashi.cluster.carrier;

import dev.kakehashi.state.Resource;

import java.util.List;

/**
 * A carrier's part of one node.
 *
 * @param resources what must be in the node's namespace, in the order in which it comes to be
 * @param refused peers, or one family of them, that this carrier cannot reach
 * @param overlay whether nodes send each other encapsulated packets
 */
public record CarrierState(List<Resource> resources, List<RefusedPeer> refused, boolean overlay) {
    /** Copies the lists. */
    public CarrierState {
        resources = List.copyOf(resources);
        refused = List.copyOf(refused);
    }
}
