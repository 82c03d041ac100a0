package dev.kakehashi.cluster;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** How packets of pods travel from node to node. */
public enum CarrierName {
    /** Encapsulated in UDP (RFC 7348). */
    VXLAN("vxlan"),
    /** By plain routes through the nodes themselves. */
    HOST_GW("host-gw"),
    /** Encapsulated in IPv4 (RFC 2003). */
    IPIP("ipip"),
    /** Encrypted in UDP (WireGuard). */
    WIREGUARD("wireguard"),
    /** By routes that nodes and the fabric tell each other (RFC 4271). */
    BGP("bgp");

    private static final Map<String, CarrierName> BY_TEXT =
            Arrays.stream(values())
                    .collect(Collectors.toUnmodifiableMap(CarrierName::toString, c -> c));

    private final String text;

    CarrierName(String text) {
        this.text = text;
    }

    /** The carrier of a name as it is written in YAML; empty when there is none. */
    public static Optional<CarrierName> of(String name) {
        return Optional.ofNullable(BY_TEXT.get(name));
    }

    /** As it is written in YAML. */
    @Override
    public String toString() {
        return text;
    }
}
