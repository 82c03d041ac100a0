package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.CrossSubnet;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.TunnelDevice;

import java.util.List;
import java.util.Optional;

/** A carrier that wraps packets, and can do without the wrapper inside a segment. */
sealed interface Overlay extends Carrier permits VxlanCarrier, IpipCarrier, WireguardCarrier {
    /**
     * The overlay by which host-gw crosses routers; empty when it does not.
     *
     * @param device where it encrypts, the device by which it does
     */
    static Optional<Overlay> across(CrossSubnet crossSubnet, TunnelDevice device) {
        return switch (crossSubnet) {
            case REFUSE -> Optional.empty();
            case VXLAN -> Optional.of(new VxlanCarrier());
            case IPIP -> Optional.of(new IpipCarrier());
            case WIREGUARD -> Optional.of(new WireguardCarrier(device));
        };
    }

    /**
     * What the node must have for its peers.
     *
     * @param direct whether peers in the same segment are reached by plain routes
     */
    CarrierState compile(Network network, SelfNode self, List<Peer> peers, boolean direct)
            throws UnusableNetworkException;
}
