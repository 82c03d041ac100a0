package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.state.Resource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Plain routes, each peer the gateway to its own pods: as Flannel's host-gw backend. It needs a
 * common segment: a router between two nodes knows nothing of pods and would send their packets
 * back or away. A peer behind one is refused, or reached through an overlay where the network
 * permits one.
 *
 * @param device where that overlay encrypts, the device by which it does
 */
record HostGwCarrier(TunnelDevice device) implements Carrier {
    @Override
    public void requireAddresses(Network network, SelfNode self) throws UnusableNetworkException {
        Optional<Overlay> overlay = Overlay.across(network.spec().crossSubnet(), device);
        if (overlay.isPresent()) {
            overlay.get().requireAddresses(network, self);
        } else {
            Segments.requireAddresses(network, self);
        }
    }

    @Override
    public CarrierState compile(Network network, SelfNode self, List<Peer> peers)
            throws UnusableNetworkException {
        Optional<Overlay> overlay = Overlay.across(network.spec().crossSubnet(), device);
        if (overlay.isPresent()) {
            return overlay.get().compile(network, self, peers, true);
        }
        List<Resource> resources = new ArrayList<>();
        List<RefusedPeer> refused = new ArrayList<>();
        Segments.requireAddresses(network, self);
        for (boolean ipv4 : self.families(network)) {
            for (Peer peer : peers) {
                Optional<Peer.Endpoint> endpoint = peer.endpoint(ipv4);
                if (endpoint.isEmpty()) {
                    continue;
                }
                if (self.underlay().isOnLink(endpoint.get().underlay())) {
                    resources.addAll(Segments.directRoutes(self, endpoint.get()));
                } else {
                    refused.add(new RefusedPeer(peer.name(), behindRouter(self, endpoint.get())));
                }
            }
        }
        return new CarrierState(resources, refused, Optional.empty());
    }

    @Override
    public int maxPodMtu(Network network, SelfNode self) {
        return Overlay.across(network.spec().crossSubnet(), device)
                .map(overlay -> overlay.maxPodMtu(network, self))
                .orElse(self.underlay().mtu());
    }

    private static String behindRouter(SelfNode self, Peer.Endpoint peer) {
        return "host-gw cannot reach "
                + peer.pods()
                + ": its address "
                + IpAddresses.format(peer.underlay())
                + " is in no network of "
                + self.underlay().device()
                + " "
                + self.underlay().addresses()
                + ", so a router is between; set crossSubnet: vxlan, or carrier: vxlan";
    }
}
