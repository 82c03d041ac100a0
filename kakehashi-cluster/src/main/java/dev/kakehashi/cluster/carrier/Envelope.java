package dev.kakehashi.cluster.carrier;

import java.util.List;

/** What an overlay's packets look like on the underlay: what a filter knows them by. */
sealed interface Envelope {
    /**
     * UDP ports that nodes receive them at, now or when keys are rotated; empty when they are not
     * UDP.
     */
    List<Integer> udpPorts();

    /** The port and the network identifier of RFC 7348. */
    record Vxlan(int port, int vni) implements Envelope {
        @Override
        public List<Integer> udpPorts() {
            return List.of(port);
        }
    }

    /** IP protocol 4 (RFC 2003). */
    record Ipip() implements Envelope {
        @Override
        public List<Integer> udpPorts() {
            return List.of();
        }
    }

    /**
     * WireGuard's messages.
     *
     * @param port that of a device
     * @param beside that of the node's other device, which may not be there
     * @param separate whether the other device is in use too, for the other family
     */
    record Wireguard(int port, int beside, boolean separate) implements Envelope {
        @Override
        public List<Integer> udpPorts() {
            return List.of(port, beside);
        }
    }
}
