package dev.kakehashi.cluster;

/**
 * Settings of the carrier bgp (RFC 4271), with the names of Calico's BGPConfiguration.
 *
 * @param asNumber the AS of every node that says none of its own ({@link AsNumber})
 * @param nodeMesh whether every node has a session with every other; without it there are the
 *     sessions of BGPPeers only
 * @param listenPort TCP port at which nodes take sessions
 */
public record BgpSpec(long asNumber, boolean nodeMesh, int listenPort) {
    /** The first AS number for private use (RFC 6996), as Calico. */
    public static final long DEFAULT_AS_NUMBER = 64512;

    /** IANA's port for BGP. */
    public static final int DEFAULT_PORT = 179;

    /** As Calico: AS 64512, every node with every other. */
    public static BgpSpec defaults() {
        return new BgpSpec(DEFAULT_AS_NUMBER, true, DEFAULT_PORT);
    }
}
