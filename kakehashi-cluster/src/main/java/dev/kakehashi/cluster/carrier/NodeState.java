package dev.kakehashi.cluster.carrier;

import dev.kakehashi.state.DesiredState;

import java.util.List;

/**
 * All that a network is on one node.
 *
 * @param desired what must be in the node's kernel
 * @param podMtu MTU of pods' interfaces in octets
 * @param peers names of the nodes it reaches
 * @param refused nodes, or families of them, that are set aside, with the reason
 * @param known the other nodes, elder ones first, some of them perhaps not reached
 */
public record NodeState(
        DesiredState desired,
        int podMtu,
        List<String> peers,
        List<RefusedPeer> refused,
        List<Peer> known) {
    /** Copies the lists. */
    public NodeState {
        peers = List.copyOf(peers);
        refused = List.copyOf(refused);
        known = List.copyOf(known);
    }
}
