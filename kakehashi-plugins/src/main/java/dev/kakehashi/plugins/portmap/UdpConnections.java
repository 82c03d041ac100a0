package dev.kakehashi.plugins.portmap;

import dev.kakehashi.linux.conntrack.Conntrack;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.TransportProtocol;

import java.io.IOException;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * UDP connections that are tracked keep their translation as long as packets come, whatever the
 * rules say by now: a client would go on sending to a container that is gone, or to the host
 * instead of the new container. They are forgotten whenever a port is published or no longer is.
 */
final class UdpConnections {
    private UdpConnections() {}

    /** The host ports of UDP among mappings. */
    static List<Integer> ports(List<PortMapping> mappings) {
        return mappings.stream()
                .filter(mapping -> mapping.protocol() == TransportProtocol.UDP)
                .map(PortMapping::hostPort)
                .toList();
    }

    /**
     * Forgets the connections to ports of this host. A failure is told only: whatever is wrong with
     * the old connections, the port is as wanted for new ones.
     */
    static void forget(Netns host, List<Integer> ports, PrintStream log) {
        if (ports.isEmpty()) {
            return;
        }
        Set<Integer> wanted = new HashSet<>(ports);
        int udp = TransportProtocol.UDP.number();
        try (Conntrack conntrack = Conntrack.open(host)) {
            conntrack.delete(entry ->
                    entry.original().protocol() == udp
                            && wanted.contains(entry.original().destinationPort()));
        } catch (IOException e) {
            log.println("portmap: failed to forget UDP connections: " + e.getMessage());
        }
    }
}
