package dev.kakehashi.cluster;

import java.time.Duration;

/**
 * Settings of the WireGuard overlay.
 *
 * @param port UDP port that every node's first device listens on
 * @param secondPort the same of the second device, which is there while keys are rotated
 * @param persistentKeepalive seconds between packets that keep a translator on the way from
 *     forgetting the tunnel; 0: none
 * @param rotation the age at which keys are replaced, in whole hours; zero: only when asked for
 */
public record WireguardSpec(int port, int secondPort, int persistentKeepalive, Duration rotation) {
    /** The port of WireGuard's documentation, of Flannel and of Calico. */
    public static final int DEFAULT_PORT = 51820;

    private static final int MAX_PORT = 65535;

    /** As Flannel. */
    public static WireguardSpec defaults() {
        return of(DEFAULT_PORT, 0);
    }

    /** The second port beside the first, and keys that are rotated when asked for. */
    public static WireguardSpec of(int port, int persistentKeepalive) {
        return new WireguardSpec(port, portBeside(port), persistentKeepalive, Duration.ZERO);
    }

    /** The second port where none is said: the next one. */
    static int portBeside(int port) {
        return port == MAX_PORT ? port - 1 : port + 1;
    }

    /** The port of a device. */
    public int port(TunnelDevice device) {
        return device == TunnelDevice.FIRST ? port : secondPort;
    }
}
