package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Route;

import java.net.InetAddress;

/** What carriers share about the underlay's segments. */
final class Segments {
    private Segments() {}

    /** The plain route to a peer in the same segment: by way of the peer itself. */
    static Route directRoute(SelfNode self, Peer.Endpoint peer) {
        return Route.to(peer.subnet(), NextHop.via(peer.underlay(), self.underlay().device()))
                .build();
    }

    static InetAddress requireAddress(Network network, SelfNode self, boolean ipv4)
            throws UnusableNetworkException {
        return self.underlay()
                .address(ipv4)
                .orElseThrow(() ->
                        new UnusableNetworkException(
                                "network "
                                        + network.name()
                                        + " has "
                                        + (ipv4 ? "IPv4" : "IPv6")
                                        + " pods, but the underlay interface "
                                        + self.underlay().device()
                                        + " of node "
                                        + self.name()
                                        + " has no such address; add one, or choose another interface"));
    }
}
