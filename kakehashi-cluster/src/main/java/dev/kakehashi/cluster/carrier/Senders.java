package dev.kakehashi.cluster.carrier;

import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.SetContents;

import java.util.ArrayList;
import java.util.List;

/**
 * The addresses from which overlay packets are taken, as elements of the node table's sets. Each is
 * made once, so that tables with thousands of them are compared quickly.
 */
final class Senders {
    private SetContents ipv4 = new SetContents(NodeTable.sendersSet(true), List.of());
    private SetContents ipv6 = new SetContents(NodeTable.sendersSet(false), List.of());

    void add(List<Peer> peers) {
        ipv4 = ipv4.with(elements(peers, true));
        ipv6 = ipv6.with(elements(peers, false));
    }

    void remove(List<Peer> peers) {
        ipv4 = ipv4.without(elements(peers, true));
        ipv6 = ipv6.without(elements(peers, false));
    }

    private static List<Element> elements(List<Peer> peers, boolean ofIpv4) {
        List<Element> elements = new ArrayList<>();
        for (Peer peer : peers) {
            peer.endpoints().stream()
                    .filter(end -> end.isByIpv4() == ofIpv4)
                    .map(Peer.Endpoint::underlay)
                    .distinct()
                    .forEach(address -> elements.add(Element.of(address)));
        }
        return elements;
    }

    /** Those of a family. */
    SetContents of(boolean ofIpv4) {
        return ofIpv4 ? ipv4 : ipv6;
    }
}
