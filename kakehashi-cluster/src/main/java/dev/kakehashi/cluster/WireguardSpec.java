package dev.kakehashi.cluster;

/**
 * Settings of the WireGuard overlay.
 *
 * @param port UDP port that every node listens on
 * @param persistentKeepalive seconds between packets that keep a translator on the way from
 *     forgetting the tunnel; 0: none
 */
public record WireguardSpec(int port, int persistentKeepalive) {
    /** The port of WireGuard's documentation, of Flannel and of Calico. */
    public static final int DEFAULT_PORT = 51820;

    /** As Flannel. */
    public static WireguardSpec defaults() {
        return new WireguardSpec(DEFAULT_PORT, 0);
    }
}
