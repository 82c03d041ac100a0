package dev.kakehashi.cluster.carrier;

import dev.kakehashi.state.Resource;

import java.util.List;
import java.util.Optional;

/**
 * A carrier's part of one node.
 *
 * @param resources what must be in the node's namespace, in the order in which it comes to be
 * @param refused peers, or one family of them, that this carrier cannot reach
 * @param envelope how packets between nodes are wrapped, if some are
 */
record CarrierState(
        List<Resource> resources, List<RefusedPeer> refused, Optional<Envelope> envelope) {
    /** Copies the lists. */
    CarrierState {
        resources = List.copyOf(resources);
        refused = List.copyOf(refused);
    }
}
