package dev.kakehashi.cluster;

import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How the sessions of a BGPPeer are made.
 *
 * @param localAsNumber the AS that the node says it is of; empty: its own
 * @param sourceAddress the node's address; empty: that of the underlay
 * @param passwordFile name of a file on the node with the password of TCP-MD5 (RFC 2385)
 * @param multihop most hops to the peer; 0: an external peer must be in a network of the node, an
 *     internal one may be anywhere
 * @param bfd whether loss of the path is found by BFD (RFC 5881)
 * @param gracefulRestart whether forwarding goes on while the other side restarts (RFC 4724)
 * @param maxRestartTime how long, in seconds
 */
public record BgpSessionSpec(
        OptionalLong localAsNumber,
        Optional<InetAddress> sourceAddress,
        Optional<String> passwordFile,
        int multihop,
        boolean bfd,
        boolean gracefulRestart,
        int maxRestartTime) {
    /** As Calico and BIRD. */
    public static final int DEFAULT_RESTART_TIME = 120;

    /** Its own AS and address, no password, graceful restart. */
    public static BgpSessionSpec defaults() {
        return new BgpSessionSpec(
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                false,
                true,
                DEFAULT_RESTART_TIME);
    }
}
