package dev.kakehashi.cluster.ipam;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/**
 * What an attachment asks for.
 *
 * @param containerId CNI_CONTAINERID
 * @param interfaceName CNI_IFNAME
 * @param attributes what is known of the owner, such as {@code pod: namespace/name}
 * @param namespace the pod's namespace; empty when there is none
 * @param pools names of the pools that the pod chose; empty: as its namespace chose
 * @param usualPools names of the pools for who chose none; empty: all that the namespace may use
 * @param addresses the addresses to have, at most one of each family; of other families any
 */
public record AddressRequest(
        String containerId,
        String interfaceName,
        Map<String, String> attributes,
        String namespace,
        List<String> pools,
        List<String> usualPools,
        List<InetAddress> addresses) {
    /** Copies the collections. */
    public AddressRequest {
        attributes = Map.copyOf(attributes);
        pools = List.copyOf(pools);
        usualPools = List.copyOf(usualPools);
        addresses = List.copyOf(addresses);
    }

    /** Any address of each family. */
    public static AddressRequest of(String containerId, String interfaceName) {
        return new AddressRequest(
                containerId, interfaceName, Map.of(), "", List.of(), List.of(), List.of());
    }
}
