package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Route;

import java.net.InetAddress;
import java.util.List;

/** What carriers share about the underlay's segments. */
final class Segments {
    private Segments() {}

    /** The plain routes to a peer in the same segment: by way of the peer itself. */
    static List<Route> directRoutes(SelfNode self, Peer.Endpoint peer) {
        NextHop hop = NextHop.via(peer.underlay(), self.underlay().device());
        return peer.subnets().stream().map(subnet -> Route.to(subnet, hop).build()).toList();
    }

    /** The node has an address by which pods' packets of each family can go. */
    static void requireAddresses(Network network, SelfNode self) throws UnusableNetworkException {
        for (boolean ipv4 : self.families(network)) {
            var _ = requireAddress(network, self, ipv4);
        }
    }

    /** That from which pods' packets of a family go. */
    static InetAddress requireAddress(Network network, SelfNode self, boolean ipv4)
            throws UnusableNetworkException {
        return self.underlay()
                .address(self.goesByIpv4(ipv4))
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
