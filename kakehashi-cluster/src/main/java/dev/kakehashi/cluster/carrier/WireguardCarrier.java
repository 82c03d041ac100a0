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
import java.util.stream.Stream;

/**
 * Pods' packets encrypted between the nodes: one device for both families, or one for each, on the
 * wire as Flannel's wireguard backend. For each peer its public key with its subnets as allowed
 * addresses, which is both where packets go and whose packets are believed, and a route for each
 * subnet.
 *
 * @param tunnel which of the node's two devices; the peers send from theirs of the same number
 */
record WireguardCarrier(TunnelDevice tunnel) implements Overlay {
    /** Outer IPv4 and UDP headers, WireGuard's own (16) and the authentication tag (16). */
    static final int OVERHEAD_IPV4 = 20 + 8 + 16 + 16;

    /** The same with an outer IPv6 header. */
    static final int OVERHEAD_IPV6 = 40 + 8 + 16 + 16;

    /**
     * What one device carries.
     *
     * @param device which one
     * @param families of pods' packets, by whether they are IPv4
     */
    private record Lane(TunnelDevice device, List<Boolean> families) {
        String name() {
            return device == TunnelDevice.FIRST ? DeviceNames.WIREGUARD : DeviceNames.WIREGUARD_2;
        }

        /**
         * Nodes that have IPv4 addresses send to them, unless the device is for IPv6 pods alone.
         */
        int overhead(SelfNode self) {
            return families.stream().anyMatch(self::goesByIpv4) ? OVERHEAD_IPV4 : OVERHEAD_IPV6;
        }
    }

    private List<Lane> lanes(Network network, SelfNode self) throws UnusableNetworkException {
        List<Boolean> families = self.families(network);
        if (!network.spec().wireguard().separate()) {
            return List.of(new Lane(tunnel, families));
        }
        if (tunnel == TunnelDevice.SECOND) {
            throw new UnusableNetworkException(
                    "network "
                            + network.name()
                            + " has a WireGuard device for each family (separate: true), so that keys"
                            + " cannot be rotated: 'kakehashi network rotate-keys "
                            + network.name()
                            + " --undo' turns back");
        }
        List<Lane> lanes = new ArrayList<>();
        if (families.contains(true)) {
            lanes.add(new Lane(TunnelDevice.FIRST, List.of(true)));
        }
        if (families.contains(false)) {
            lanes.add(new Lane(TunnelDevice.SECOND, List.of(false)));
        }
        return lanes;
    }

    @Override
    public CarrierState compile(Network network, SelfNode self, List<Peer> peers)
            throws UnusableNetworkException {
        return compile(network, self, peers, false);
    }

    /** That of pods, which have one for both families. */
    @Override
    public int maxPodMtu(Network network, SelfNode self) {
        Stream<IpPrefix> cidrs = network.spec().cidrs().stream();
        boolean inIpv4 =
                network.spec().wireguard().separate()
                        ? cidrs.allMatch(cidr -> self.goesByIpv4(cidr.isIpv4()))
                        : cidrs.anyMatch(cidr -> self.goesByIpv4(cidr.isIpv4()));
        return self.underlay().mtu() - (inIpv4 ? OVERHEAD_IPV4 : OVERHEAD_IPV6);
    }

    @Override
    public CarrierState compile(Network network, SelfNode self, List<Peer> peers, boolean direct)
            throws UnusableNetworkException {
        requireAddresses(network, self);
        List<Resource> resources = new ArrayList<>();
        List<RefusedPeer> refused = new ArrayList<>();
        for (Lane lane : lanes(network, self)) {
            addDevice(resources, network, self, lane);
            for (Peer peer : peers) {
                List<Peer.Endpoint> wrapped = new ArrayList<>();
                for (boolean ipv4 : lane.families()) {
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
                    addPeer(resources, refused, network.spec().wireguard(), lane, peer, wrapped);
                }
            }
        }
        WireguardSpec spec = network.spec().wireguard();
        Envelope envelope =
                new Envelope.Wireguard(
                        spec.port(tunnel, self.tunnelPort()),
                        spec.port(tunnel.other(), self.tunnelPort()),
                        spec.separate());
        return new CarrierState(resources, refused, Optional.of(envelope));
    }

    private static void addDevice(
            List<Resource> resources, Network network, SelfNode self, Lane lane)
            throws UnusableNetworkException {
        NodeTunnelKey key =
                self.tunnelKey(lane.device())
                        .orElseThrow(() ->
                                new UnusableNetworkException(
                                        "network "
                                                + network.name()
                                                + ": node "
                                                + self.name()
                                                + " has no WireGuard key for "
                                                + lane.name()
                                                + "; its agent makes one in its"
                                                + " state directory when it starts"));
        int mtu = self.underlay().mtu() - lane.overhead(self);
        resources.add(
                Tunnels.device(network, lane.name(), new Wireguard(), mtu)
                        .addrGenMode(AddrGenMode.NONE)
                        .build());
        int port = network.spec().wireguard().port(lane.device(), self.tunnelPort());
        resources.add(new WireguardInterface(lane.name(), key.key(), key.file(), port));
        resources.add(Tunnels.noRouterAdvertisements(lane.name()));
        for (boolean ipv4 : lane.families()) {
            Tunnels.addSources(resources, lane.name(), self, ipv4);
        }
    }

    private static void addPeer(
            List<Resource> resources,
            List<RefusedPeer> refused,
            WireguardSpec spec,
            Lane lane,
            Peer peer,
            List<Peer.Endpoint> endpoints) {
        WireguardKey key = peer.tunnelKeys().get(lane.device());
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
        WireguardEndpoint endpoint =
                new WireguardEndpoint(outer(endpoints).underlay(), port(spec, lane.device(), peer));
        resources.add(
                new WireguardTunnel(
                        lane.name(),
                        new WireguardPeer(
                                key, Optional.of(endpoint), subnets, spec.persistentKeepalive())));
        for (IpPrefix subnet : subnets) {
            resources.add(Route.to(subnet, NextHop.dev(lane.name())).build());
        }
    }

    /** What a peer says of its second device is of that only where the device is for IPv6. */
    private static int port(WireguardSpec spec, TunnelDevice device, Peer peer) {
        Optional<Integer> said = Optional.ofNullable(peer.tunnelPorts().get(device));
        return said.filter(_ -> device == TunnelDevice.FIRST || spec.separate())
                .orElse(spec.port(device));
    }

    /** One device has one outer address for a peer: that of IPv4 where there is one. */
    private static Peer.Endpoint outer(List<Peer.Endpoint> endpoints) {
        return endpoints.stream()
                .filter(Peer.Endpoint::isByIpv4)
                .findFirst()
                .orElse(endpoints.getFirst());
    }
}
