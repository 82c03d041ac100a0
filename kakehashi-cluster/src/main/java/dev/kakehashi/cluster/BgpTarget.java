package dev.kakehashi.cluster;

import java.net.InetAddress;

/** With whom a BGPPeer makes sessions. */
public sealed interface BgpTarget {
    /**
     * A router.
     *
     * @param address where it is reached
     * @param asNumber its AS
     * @param port its TCP port
     */
    record Router(InetAddress address, long asNumber, int port) implements BgpTarget {}

    /**
     * Nodes of the cluster, which know of it by the same BGPPeer: route reflectors.
     *
     * @param selector their labels
     */
    record Nodes(LabelSelector selector) implements BgpTarget {}
}
