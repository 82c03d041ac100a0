package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.WireguardSpec;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.AddrGenMode;
import dev.kakehashi.linux.rtnetlink.Wireguard;
import dev.kakehashi.linux.wireguard.WireguardEndpoint;
import dev.kakehashi.linux.wireguard.WireguardPeer;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.WireguardInterface;
import dev.kakehashi.state.WireguardTunnel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pods' packets encrypted between the nodes: one device for both families, on the wire as Flannel's
 * wireguard backend. For each peer its public key with its subnets as allowed addresses, which is
 * both where packets go and whose packets are believed, and a route for each subnet.
 */
final class WireguardCarrier implements Overlay {
    /** Not Flannel's name: both devices can be on a node while one takes over from the other. */
    static final String DEVICE = "kakehashi-wg";

    /** Outer IPv4 and UDP headers, WireGuard's own (16) and the authentication tag (16). */
    static final int OVERHEAD_IPV4 = 20 + 8 + 16 + 16;

    /** The same with an outer IPv6 header. */
    static final int OVERHEAD_IPV6 = 40 + 8 + 16 + 16;

    @Override
    public CarrierState compile(Network network, SelfNode self, List<Peer> peers)
            throws UnusableNetworkException {
        return compile(network, self, peers, false);
    }

    /** Nodes send to each other's IPv4 addresses unless the network has no IPv4. */
    @Override
    public int maxPodMtu(Network network, SelfNode self) {
        boolean ipv4 = network.spec().cidrs().stream().anyMatch(IpPrefix::isIpv4);
        return self.underlay().mtu() - (ipv4 ? OVERHEAD_IPV4 : OVERHEAD_IPV6);
    }

    @Override
    public CarrierState compile(Network network, SelfNode self, List<Peer> peers, boolean direct)
            throws UnusableNetworkException {
        for (boolean ipv4 : self.families(network)) {
            var _ = Segments.requireAddress(network, self, ipv4);
        }
        List<Resource> resources = new ArrayList<>();
        addDevice(resources, network, self);
        List<RefusedPeer> refused = new ArrayList<>();
        for (Peer peer : peers) {
            List<Peer.Endpoint> wrapped = new ArrayList<>();
            for (boolean ipv4 : self.families(network)) {
                Optional<Peer.Endpoint> endpoint = peer.endpoint(ipv4);
                if (endpoint.isPresent()
                        && direct
                        && self.underlay().isOnLink(endpoint.get().underlay())) {
                    resources.addAll(Segments.directRoutes(self, endpoint.get()));
                } else {
                    endpoint.ifPresent(wrapped::add);
                }
            }
            if (!wrapped.isEmpty()) {
                addPeer(resources, refused, network.spec().wireguard(), peer, wrapped);
            }
        }
        int port = network.spec().wireguard().port();
        return new CarrierState(resources, refused, Optional.of(new Envelope.Wireguard(port)));
    }

    private void addDevice(List<Resource> resources, Network network, SelfNode self)
            throws UnusableNetworkException {
        NodeTunnelKey key =
                self.tunnelKey()
                        .orElseThrow(() ->
                                new UnusableNetworkException(
                                        "network "
                                                + network.name()
                                                + ": node "
                                                + self.name()
                                                + " has no WireGuard key; its agent makes one in its"
                                                + " state directory when it starts"));
        resources.add(
                Tunnels.device(network, DEVICE, new Wireguard(), maxPodMtu(network, self))
                        .addrGenMode(AddrGenMode.NONE)
                        .build());
        resources.add(
                new WireguardInterface(
                        DEVICE, key.key(), key.file(), network.spec().wireguard().port()));
        resources.add(Tunnels.noRouterAdvertisements(DEVICE));
        for (boolean ipv4 : self.families(network)) {
            Tunnels.addSources(resources, DEVICE, self, ipv4);
        }
    }

    private static void addPeer(
            List<Resource> resources,
            List<RefusedPeer> refused,
            WireguardSpec spec,
            Peer peer,
            List<Peer.Endpoint> endpoints) {
        if (peer.tunnelKey().isEmpty()) {
            for (Peer.Endpoint endpoint : endpoints) {
                refused.add(
                        new RefusedPeer(
                                peer.name(),
                                "has not told its WireGuard key yet, for " + endpoint.pods()));
            }
            return;
        }
        List<IpPrefix> subnets = endpoints.stream().flatMap(e -> e.subnets().stream()).toList();
        resources.add(
                new WireguardTunnel(
                        DEVICE,
                        new WireguardPeer(
                                peer.tunnelKey().get(),
                                Optional.of(
                                        new WireguardEndpoint(
                                                outer(endpoints).underlay(), spec.port())),
                                subnets,
                                spec.persistentKeepalive())));
        for (IpPrefix subnet : subnets) {
            resources.add(Route.to(subnet, NextHop.dev(DEVICE)).build());
        }
    }

    private static Peer.Endpoint outer(List<Peer.Endpoint> endpoints) {
        return endpoints.stream()
                .filter(Peer.Endpoint::isIpv4)
                .findFirst()
                .orElse(endpoints.getFirst());
    }
}
