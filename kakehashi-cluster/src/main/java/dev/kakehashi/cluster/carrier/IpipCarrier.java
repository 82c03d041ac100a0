package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Ipip;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pods' IPv4 packets in IPv4 packets between the nodes (RFC 2003), on the wire as Calico's {@code
 * ipipMode}: one device, and for each peer an onlink route by way of the peer's own address, which
 * becomes the outer destination.
 *
 * <p>The device has a local address and so is not the kernel's own {@code tunl0}, which Calico
 * uses: both can be on a node, and packets to that address are this device's.
 */
final class IpipCarrier implements Overlay {
    /** The outer IPv4 header. */
    static final int OVERHEAD = 20;

    @Override
    public CarrierState compile(Network network, SelfNode self, List<Peer> peers)
            throws UnusableNetworkException {
        return compile(network, self, peers, network.spec().ipip().directRouting());
    }

    @Override
    public int maxPodMtu(Network network, SelfNode self) {
        return self.underlay().mtu() - OVERHEAD;
    }

    @Override
    public CarrierState compile(Network network, SelfNode self, List<Peer> peers, boolean direct)
            throws UnusableNetworkException {
        requireAddresses(network, self);
        List<Resource> resources = new ArrayList<>();
        for (boolean ipv4 : self.families(network)) {
            InetAddress local = Segments.requireAddress(network, self, ipv4);
            resources.add(
                    Tunnels.device(
                                    network,
                                    DeviceNames.IPIP,
                                    Ipip.any().withLocal(local),
                                    self.underlay().mtu() - OVERHEAD)
                            .build());
            Tunnels.addSources(resources, DeviceNames.IPIP, self, ipv4);
            for (Peer peer : peers) {
                peer.endpoint(ipv4).map(e -> routes(self, e, direct)).ifPresent(resources::addAll);
            }
        }
        return new CarrierState(resources, List.of(), Optional.of(new Envelope.Ipip()));
    }

    private static List<Route> routes(SelfNode self, Peer.Endpoint peer, boolean direct) {
        if (direct && self.underlay().isOnLink(peer.underlay())) {
            return Segments.directRoutes(self, peer);
        }
        NextHop hop = NextHop.onlink(peer.underlay(), DeviceNames.IPIP);
        return peer.subnets().stream().map(subnet -> Route.to(subnet, hop).build()).toList();
    }

    /**
     * RFC 2003 wraps IPv4, and only IPv4, in IPv4: what wraps it in IPv6 (RFC 2473) is another
     * device and another format.
     */
    @Override
    public void requireAddresses(Network network, SelfNode self) throws UnusableNetworkException {
        for (IpPrefix cidr : network.spec().cidrs()) {
            if (!cidr.isIpv4()) {
                throw new UnusableNetworkException(
                        "network "
                                + network.name()
                                + ": ipip carries IPv4 only, and its pods have addresses in "
                                + cidr
                                + "; use vxlan or wireguard");
            }
        }
        if (self.underlay().address(true).isEmpty()) {
            throw new UnusableNetworkException(
                    "network "
                            + network.name()
                            + ": ipip carries IPv4 in IPv4 only, and the underlay interface "
                            + self.underlay().device()
                            + " of node "
                            + self.name()
                            + " has no IPv4 address; add one, or use vxlan, wireguard, host-gw or"
                            + " bgp");
        }
    }
}
