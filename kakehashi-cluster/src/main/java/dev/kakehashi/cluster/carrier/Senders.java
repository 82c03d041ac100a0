package dev.kakehashi.cluster.carrier;

import dev.kakehashi.linux.nft.Element;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The addresses from which overlay packets are taken, as elements of the node table's sets. Each is
 * made once, so that tables with thousands of them are compared quickly.
 */
final class Senders {
    private final List<Element> ipv4 = new ArrayList<>();
    private final List<Element> ipv6 = new ArrayList<>();

    void add(Peer peer) {
        for (boolean ofIpv4 : new boolean[] {true, false}) {
            Optional<Peer.Endpoint> endpoint = peer.endpoint(ofIpv4);
            endpoint.map(known -> Element.of(known.underlay())).ifPresent(all(ofIpv4)::add);
        }
    }

    void remove(Peer peer) {
        for (boolean ofIpv4 : new boolean[] {true, false}) {
            peer.endpoint(ofIpv4)
                    .ifPresent(known -> all(ofIpv4).remove(Element.of(known.underlay())));
        }
    }

    private List<Element> all(boolean ofIpv4) {
        return ofIpv4 ? ipv4 : ipv6;
    }

    /** Those of a family. */
    List<Element> of(boolean ofIpv4) {
        return List.copyOf(all(ofIpv4));
    }
}
