package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.state.Resource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Routes that BGP speakers tell each other (RFC 4271), the node's own being BIRD. The routes to
 * other nodes' pods are BIRD's; ours is that the node's own prefixes end here: packets to a pod
 * that is no longer do not go back to the router that sent them.
 */
final class BgpCarrier implements Carrier {
    @Override
    public CarrierState compile(Network network, SelfNode self, List<Peer> peers)
            throws UnusableNetworkException {
        List<Resource> resources = new ArrayList<>();
        requireAddresses(network, self);
        if (!network.spec().usesPools()) { // blocks have theirs with every carrier
            for (IpPrefix own : self.subnets()) {
                resources.add(NodeCompiler.unused(own));
            }
        }
        return new CarrierState(resources, List.of(), Optional.empty());
    }

    @Override
    public int maxPodMtu(Network network, SelfNode self) {
        return self.underlay().mtu();
    }
}
