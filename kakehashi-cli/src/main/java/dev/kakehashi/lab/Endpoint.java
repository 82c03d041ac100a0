package dev.kakehashi.lab;

import java.net.InetAddress;
import java.nio.channels.DatagramChannel;

/**
 * Something that sends and answers probes: a pod, a node, or the outside host.
 *
 * @param name how it is called in tables
 * @param kind what it is
 * @param node the node it is, or is on; the outside host's own name for itself
 * @param address where others reach it
 * @param channel an open UDP socket inside its network namespace
 */
record Endpoint(String name, Kind kind, String node, InetAddress address, DatagramChannel channel) {
    enum Kind {
        POD,
        NODE,
        OUTSIDE,
    }
}
