package dev.kakehashi.cluster.bgp;

/**
 * A session that is wanted and cannot be made.
 *
 * @param peer with whom, such as {@code BGPPeer tor-1}
 * @param reason why, and what to do
 */
public record RefusedSession(String peer, String reason) {
    @Override
    public String toString() {
        return peer + ": " + reason;
    }
}
