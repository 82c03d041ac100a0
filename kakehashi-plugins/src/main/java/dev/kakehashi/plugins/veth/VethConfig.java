package dev.kakehashi.plugins.veth;

import dev.kakehashi.linux.MacAddress;

import java.util.Optional;

/** The keys that all plugins have that join a container to its host by a veth pair. */
public interface VethConfig {

    /** The name of the pair's end on the host; empty to choose. */
    Optional<String> hostInterfaceName();

    /** The hardware address of the container's end; empty to choose. */
    Optional<MacAddress> mac();

    /** What leaves the subnet gets the host's address ({@code ipMasq}). */
    boolean masquerade();

    /** By what ({@code ipMasqBackend}); empty to choose. */
    Optional<String> masqueradeBackend();
}
