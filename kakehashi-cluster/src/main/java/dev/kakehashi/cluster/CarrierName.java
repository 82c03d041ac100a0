package dev.kakehashi.cluster;

import java.util.Arrays;
import java.util.Optional;

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

    private final String text;

    CarrierName(String text) {
        this.text = text;
    }

    /** The carrier of a name as it is written in YAML; empty when there is none. */
    public static Optional<CarrierName> of(String name) {
        return Arrays.stream(values()).filter(carrier -> carrier.text.equals(name)).findFirst();
    }

    /** As it is written in YAML. */
    @Override
    public String toString() {
        return text;
    }
}
