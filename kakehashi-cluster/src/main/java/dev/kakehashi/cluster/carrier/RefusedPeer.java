package dev.kakehashi.cluster.carrier;

/**
 * A node that is set aside, or one family of it: nothing is put into the kernel for it.
 *
 * @param name name of its Node
 * @param reason why, and what to do
 */
public record RefusedPeer(String name, String reason) {
    @Override
    public String toString() {
        return "node " + name + ": " + reason;
    }
}
