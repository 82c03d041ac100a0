package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;

import java.util.List;

/**
 * How packets of pods travel between nodes, compiled to what one node must have in its kernel for
 * it.
 */
sealed interface Carrier permits Overlay, HostGwCarrier, BgpCarrier {
    /** The carrier of a way. */
    static Carrier of(Way way) {
        return switch (way.carrier()) {
            case VXLAN -> new VxlanCarrier();
            case HOST_GW -> new HostGwCarrier(way.device());
            case IPIP -> new IpipCarrier();
            case WIREGUARD -> new WireguardCarrier(way.device());
            case BGP -> new BgpCarrier();
        };
    }

    /**
     * Asks whether the node can take part at all, whoever its peers are.
     *
     * @throws UnusableNetworkException when it cannot, for want of an address
     */
    default void requireAddresses(Network network, SelfNode self) throws UnusableNetworkException {
        Segments.requireAddresses(network, self);
    }

    /**
     * What the node must have for its peers, of each by itself: of some and of others it is what it
     * is of all together. Pure: equal arguments give equal results.
     *
     * @throws UnusableNetworkException when the node cannot take part, for example for want of an
     *     address
     */
    CarrierState compile(Network network, SelfNode self, List<Peer> peers)
            throws UnusableNetworkException;

    /**
     * The largest packet of a pod that every way this network permits can carry, in octets: the
     * underlay's MTU less the largest overhead.
     */
    int maxPodMtu(Network network, SelfNode self);
}
