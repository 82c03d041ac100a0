package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.VxlanSpec;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.AddrGenMode;
import dev.kakehashi.linux.rtnetlink.Vxlan;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Pods' packets in UDP between the nodes (RFC 7348), on the wire and in the kernel as Flannel's
 * vxlan backend: one device without learning, and for each peer a permanent neighbour, a forwarding
 * entry and an onlink route, so that nothing is asked of anybody while packets flow.
 *
 * <p>The neighbour comes before the route: otherwise the kernel would ask for it on the overlay,
 * where nobody answers.
 */
final class VxlanCarrier implements Overlay {
    /** Outer Ethernet, IPv4, UDP and VXLAN headers. */
    static final int OVERHEAD_IPV4 = 14 + 20 + 8 + 8;

    /** Outer Ethernet, IPv6, UDP and VXLAN headers. */
    static final int OVERHEAD_IPV6 = 14 + 40 + 8 + 8;

    @Override
    public CarrierState compile(Network network, SelfNode self, List<Peer> peers)
            throws UnusableNetworkException {
        return compile(network, self, peers, network.spec().vxlan().directRouting());
    }

    @Override
    public int maxPodMtu(Network network, SelfNode self) {
        boolean ipv6 =
                network.spec().cidrs().stream().anyMatch(cidr -> !self.goesByIpv4(cidr.isIpv4()));
        return self.underlay().mtu() - (ipv6 ? OVERHEAD_IPV6 : OVERHEAD_IPV4);
    }

    @Override
    public CarrierState compile(Network network, SelfNode self, List<Peer> peers, boolean direct)
            throws UnusableNetworkException {
        List<Resource> resources = new ArrayList<>();
        List<RefusedPeer> refused = new ArrayList<>();
        Set<Resource> made = new HashSet<>();
        for (boolean ipv4 : self.families(network)) {
            InetAddress local = Segments.requireAddress(network, self, ipv4);
            boolean byIpv4 = self.goesByIpv4(ipv4);
            String device = deviceName(network.spec().vxlan(), byIpv4);
            if (made.add(device(network, self, byIpv4, local))) {
                resources.add(device(network, self, byIpv4, local));
                resources.add(Tunnels.noRouterAdvertisements(device));
            }
            Tunnels.addSources(resources, device, self, ipv4);
            for (Peer peer : peers) {
                if (peer.endpoint(ipv4).isEmpty()) {
                    continue;
                }
                Peer.Endpoint endpoint = peer.endpoint(ipv4).get();
                if (direct && self.underlay().isOnLink(endpoint.underlay())) {
                    resources.addAll(Segments.directRoutes(self, endpoint));
                } else if (endpoint.ofItsFamily() != (byIpv4 == ipv4)) {
                    refused.add(new RefusedPeer(peer.name(), otherFamily(endpoint)));
                } else if (endpoint.vtep().isPresent()) {
                    MacAddress vtep = endpoint.vtep().get();
                    FdbEntry entry = FdbEntry.vxlan(device, vtep, endpoint.underlay());
                    if (made.add(entry)) {
                        resources.add(entry);
                    }
                    addPods(resources, device, endpoint, vtep);
                } else {
                    refused.add(
                            new RefusedPeer(
                                    peer.name(),
                                    "has not told the hardware address of its VXLAN device yet, for "
                                            + endpoint.pods()));
                }
            }
        }
        VxlanSpec spec = network.spec().vxlan();
        return new CarrierState(
                resources, refused, Optional.of(new Envelope.Vxlan(spec.port(), spec.vni())));
    }

    /** A device sends to addresses of one family, and hears on a socket of that family. */
    private static String otherFamily(Peer.Endpoint peer) {
        return "its VXLAN device for "
                + peer.pods()
                + " goes by "
                + (peer.ofItsFamily() ? "IPv4" : "IPv6")
                + " and this node's by "
                + (peer.ofItsFamily() ? "IPv6" : "IPv4")
                + "; give all nodes an IPv4 address or none, or set carrier: wireguard";
    }

    /** Flannel's names, of which that for IPv6 is the one whose outer addresses are. */
    private static String deviceName(VxlanSpec spec, boolean byIpv4) {
        return (byIpv4 ? DeviceNames.VXLAN : DeviceNames.VXLAN_IPV6) + spec.vni();
    }

    /**
     * One for each family of outer addresses: of two with the same identifier and port the kernel
     * refuses the second unless they differ in that (vxlan_vni_in_use).
     */
    private static Link device(Network network, SelfNode self, boolean byIpv4, InetAddress local) {
        VxlanSpec spec = network.spec().vxlan();
        Vxlan kind = Vxlan.of(spec.vni(), spec.port()).withLocal(local).withoutLearning();
        int mtu = self.underlay().mtu() - (byIpv4 ? OVERHEAD_IPV4 : OVERHEAD_IPV6);
        return Tunnels.device(network, deviceName(spec, byIpv4), kind, mtu)
                .parent(new LinkRef(NamespaceId.HOST, self.underlay().device()))
                .mac(self.vteps().of(byIpv4))
                .addrGenMode(AddrGenMode.NONE)
                .build();
    }

    private static void addPods(
            List<Resource> resources, String device, Peer.Endpoint peer, MacAddress vtep) {
        // Each block is behind its own address: when one goes, the others' routes stay.
        for (IpPrefix subnet : peer.subnets()) {
            InetAddress gateway = subnet.address();
            resources.add(Neighbour.permanent(device, gateway, vtep));
            resources.add(Route.to(subnet, NextHop.onlink(gateway, device)).build());
        }
    }
}
