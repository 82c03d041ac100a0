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
 * @param namespaceLabels labels of the pod's namespace; empty when there is none
 * @param pools names of the pools to choose from; empty: all that the namespace may use
 * @param addresses the addresses to have, at most one of each family; of other families any
 */
public record AddressRequest(
        String containerId,
        String interfaceName,
        Map<String, String> attributes,
        Map<String, String> namespaceLabels,
        List<String> pools,
        List<InetAddress> addresses) {
    /** Copies the collections. */
    public AddressRequest {
        attributes = Map.copyOf(attributes);
        namespaceLabels = Map.copyOf(namespaceLabels);
        pools = List.copyOf(pools);
        addresses = List.copyOf(addresses);
    }

    /** Any address of each family. */
    public static AddressRequest of(String containerId, String interfaceName) {
        return new AddressRequest(
                containerId, interfaceName, Map.of(), Map.of(), List.of(), List.of());
    }
}
