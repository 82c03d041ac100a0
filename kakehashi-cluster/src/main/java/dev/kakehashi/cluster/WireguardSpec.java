package dev.kakehashi.cluster;

import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the WireGuard overlay.
 *
 * @param port UDP port that every node's first device listens on
 * @param secondPort the same of the second device, which is there while keys are rotated
 * @param persistentKeepalive seconds between packets that keep a translator on the way from
 *     forgetting the tunnel; 0: none
 * @param rotation the age at which keys are replaced, in whole hours; zero: only when asked for
 * @param separate whether each family has a device, IPv4 the first and IPv6 the second, as in
 *     Flannel's mode of that name; keys are not rotated then
 */
public record WireguardSpec(
        int port, int secondPort, int persistentKeepalive, Duration rotation, boolean separate) {
    /** The port of WireGuard's documentation, of Flannel and of Calico. */
    public static final int DEFAULT_PORT = 51820;

    private static final int MAX_PORT = 65535;

    /** As Flannel. */
    public static WireguardSpec defaults() {
        return of(DEFAULT_PORT, 0);
    }

    /** The second port beside the first, and keys that are rotated when asked for. */
    public static WireguardSpec of(int port, int persistentKeepalive) {
        return new WireguardSpec(port, portBeside(port), persistentKeepalive, Duration.ZERO, false);
    }

    /** The second port where none is said: the next one. */
    static int portBeside(int port) {
        return port == MAX_PORT ? port - 1 : port + 1;
    }

    /**
     * A port beside both, for the first device of a node where another's still has the first port.
     */
    public int portBesideBoth() {
        int higher = Math.max(port, secondPort);
        return higher < MAX_PORT ? higher + 1 : Math.min(port, secondPort) - 1;
    }

    /** The same with a device for each family, the second one at this port. */
    public WireguardSpec separated(int portOfIpv6) {
        return new WireguardSpec(port, portOfIpv6, persistentKeepalive, rotation, true);
    }

    /** The port of a device of a node whose first one has perhaps a port of its own. */
    public int port(TunnelDevice device, Optional<Integer> first) {
        if (device == TunnelDevice.FIRST) {
            return first.orElse(port);
        }
        return separate ? first.map(WireguardSpec::portBeside).orElse(secondPort) : secondPort;
    }

    /** The port of a device. */
    public int port(TunnelDevice device) {
        return device == TunnelDevice.FIRST ? port : secondPort;
    }
}
