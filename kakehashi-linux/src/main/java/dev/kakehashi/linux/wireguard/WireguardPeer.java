package dev.kakehashi.linux.wireguard;

import dev.kakehashi.linux.IpPrefix;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A peer of a device.
 *
 * @param key its public key, which it is known by
 * @param endpoint where it is sent to; empty: where it was heard from last
 * @param allowedIps inner addresses that are sent to it, and that are taken from it
 * @param persistentKeepalive seconds between packets when there is nothing to say; 0: none
 */
public record WireguardPeer(
        WireguardKey key,
        Optional<WireguardEndpoint> endpoint,
        List<IpPrefix> allowedIps,
        int persistentKeepalive) {
    /** Copies the prefixes. */
    public WireguardPeer {
        allowedIps = List.copyOf(allowedIps);
    }

    /** Whether it is the same to packets: prefixes have no order. */
    public boolean matches(WireguardPeer observed) {
        return key.equals(observed.key)
                && (endpoint.isEmpty() || endpoint.equals(observed.endpoint))
                && new HashSet<>(allowedIps).equals(new HashSet<>(observed.allowedIps))
                && persistentKeepalive == observed.persistentKeepalive;
    }

    /** As the arguments of {@code wg set DEVICE}. */
    @Override
    public String toString() {
        return "peer "
                + key
                + endpoint.map(e -> " endpoint " + e).orElse("")
                + " allowed-ips "
                + allowedIps.stream().map(IpPrefix::toString).collect(Collectors.joining(","))
                + (persistentKeepalive == 0 ? "" : " persistent-keepalive " + persistentKeepalive);
    }
}
