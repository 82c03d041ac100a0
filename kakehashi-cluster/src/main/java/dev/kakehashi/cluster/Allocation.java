package dev.kakehashi.cluster;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An address in use.
 *
 * @param address the address
 * @param handle for what: container id, interface and generation
 * @param node the node it is used on; the block's own, or a borrower
 * @param attributes what is known of the owner, such as {@code pod: namespace/name}
 * @param since when it was given, to the second
 */
public record Allocation(
        InetAddress address,
        AllocationHandle handle,
        String node,
        Map<String, String> attributes,
        Instant since) {
    /** Copies the attributes, keeping their order. */
    public Allocation {
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }
}
