package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.WireguardSpec;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.AddrGenMode;
import dev.kakehashi.linux.rtnetlink.Wireguard;
import dev.kakehashi.linux.wireguard.WireguardEndpoint;
import dev.kakehashi.linux.wireguard.WireguardKey;
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
 *
 * @param tunnel which of the node's two devices; the peers send from theirs of the same number
 */
record WireguardCarrier(TunnelDevice tunnel) implements Overlay {
    /** Not Flannel's name: both devices can be on a node while one takes over from the other. */
    private static final String FIRST_DEVICE = "kakehashi-wg";

    private static final String SECOND_DEVICE = "kakehashi-wg2";

    /** Outer IPv4 and UDP headers, WireGuard's own (16) and the authentication tag (16). */
    static final int OVERHEAD_IPV4 = 20 + 8 + 16 + 16;

    /** The same with an outer IPv6 header. */
    static final int OVERHEAD_IPV6 = 40 + 8 + 16 + 16;

    private String device() {
        return tunnel == TunnelDevice.FIRST ? FIRST_DEVICE : SECOND_DEVICE;
    }

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
        WireguardSpec spec = network.spec().wireguard();
        Envelope envelope = new Envelope.Wireguard(spec.port(tunnel), spec.port(tunnel.other()));
        return new CarrierState(resources, refused, Optional.of(envelope));
    }

    private void addDevice(List<Resource> resources, Network network, SelfNode self)
            throws UnusableNetworkException {
        NodeTunnelKey key =
                self.tunnelKey(tunnel)
                        .orElseThrow(() ->
                                new UnusableNetworkException(
                                        "network "
                                                + network.name()
                                                + ": node "
                                                + self.name()
                                                + " has no WireGuard key for "
                                                + device()
                                                + "; its agent makes one in its"
                                                + " state directory when it starts"));
        resources.add(
                Tunnels.device(network, device(), new Wireguard(), maxPodMtu(network, self))
                        .addrGenMode(AddrGenMode.NONE)
                        .build());
        resources.add(
                new WireguardInterface(
                        device(), key.key(), key.file(), network.spec().wireguard().port(tunnel)));
        resources.add(Tunnels.noRouterAdvertisements(device()));
        for (boolean ipv4 : self.families(network)) {
            Tunnels.addSources(resources, device(), self, ipv4);
        }
    }

    private void addPeer(
            List<Resource> resources,
            List<RefusedPeer> refused,
            WireguardSpec spec,
            Peer peer,
            List<Peer.Endpoint> endpoints) {
        WireguardKey key = peer.tunnelKeys().get(tunnel);
        if (key == null && peer.tunnelKeys().isEmpty()) {
            for (Peer.Endpoint endpoint : endpoints) {
                refused.add(
                        new RefusedPeer(
                                peer.name(),
                                "has not told its WireGuard key yet, for " + endpoint.pods()));
            }
        }
        if (key == null) {
            return; // with a key of its other device it is on its way to this one, or from it
        }
        List<IpPrefix> subnets = endpoints.stream().flatMap(e -> e.subnets().stream()).toList();
        resources.add(
                new WireguardTunnel(
                        device(),
                        new WireguardPeer(
                                key,
                                Optional.of(
                                        new WireguardEndpoint(
                                                outer(endpoints).underlay(), spec.port(tunnel))),
                                subnets,
                                spec.persistentKeepalive())));
        for (IpPrefix subnet : subnets) {
            resources.add(Route.to(subnet, NextHop.dev(device())).build());
        }
    }

    private static Peer.Endpoint outer(List<Peer.Endpoint> endpoints) {
        return endpoints.stream()
                .filter(Peer.Endpoint::isIpv4)
                .findFirst()
                .orElse(endpoints.getFirst());
    }
}
