package dev.kakehashi.cluster.bgp;

import java.util.List;

/**
 * All that BGP is on one node.
 *
 * @param config what its speaker is told
 * @param refused sessions that are set aside, with the reason
 */
public record BgpState(BirdConfig config, List<RefusedSession> refused) {
    /** Copies the list. */
    public BgpState {
        refused = List.copyOf(refused);
    }
}
