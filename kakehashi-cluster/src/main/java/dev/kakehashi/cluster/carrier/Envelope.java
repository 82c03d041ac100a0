package dev.kakehashi.cluster.carrier;

import java.util.OptionalInt;

/** What an overlay's packets look like on the underlay: what a filter knows them by. */
sealed interface Envelope {
    /** The UDP port that every node receives them at; empty when they are not UDP. */
    OptionalInt udpPort();

    /** The port and the network identifier of RFC 7348. */
    record Vxlan(int port, int vni) implements Envelope {
        @Override
        public OptionalInt udpPort() {
            return OptionalInt.of(port);
        }
    }

    /** IP protocol 4 (RFC 2003). */
    record Ipip() implements Envelope {
        @Override
        public OptionalInt udpPort() {
            return OptionalInt.empty();
        }
    }

    /** WireGuard's messages. */
    record Wireguard(int port) implements Envelope {
        @Override
        public OptionalInt udpPort() {
            return OptionalInt.of(port);
        }
    }
}
