package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.Optional;

/**
 * One of a node's addresses (Kubernetes NodeAddress).
 *
 * @param type {@code InternalIP}, {@code ExternalIP}, {@code Hostname} …
 * @param address an IP address, or a name for the types that hold one
 */
public record NodeAddress(String type, String address) {
    /** The type of the address at which nodes reach each other. */
    public static final String INTERNAL_IP = "InternalIP";

    /** The address as an IP; empty when it is a name. */
    public Optional<InetAddress> ip() {
        try {
            return !address.isEmpty() && address.indexOf('/') < 0
                    ? Optional.of(IpPrefix.parse(address).address())
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
