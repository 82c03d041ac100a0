package dev.kakehashi.lab;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.FdbEntry;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Neighbour;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.wireguard.WireguardNetlink;
import dev.kakehashi.linux.wireguard.WireguardPeer;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;

/** What a namespace's kernel would do with a packet, asked object by object. */
final class PathKernel implements AutoCloseable {
    private final RtNetlink rtnetlink;

    private PathKernel(RtNetlink rtnetlink) {
        this.rtnetlink = rtnetlink;
    }

    static PathKernel open(Path namespace) throws IOException {
        try (Netns netns = Netns.open(namespace)) {
            return new PathKernel(RtNetlink.open(netns));
        }
    }

    /**
     * The entry of the main table that decides: the longest prefix, then the lowest metric. Empty
     * if there is none.
     */
    Optional<Route> route(InetAddress target) throws IOException {
        return rtnetlink.routes(Route.MAIN).stream()
                .filter(route -> !route.nextHops().isEmpty())
                .filter(route -> route.destination().contains(target))
                .min(
                        Comparator.comparingInt((Route route) -> -route.destination().length())
                                .thenComparingInt(Route::priority));
    }

    /** The device of a route. */
    Link device(Route route) throws IOException {
        return link(route.nextHops().getFirst().link());
    }

    Link link(int index) throws IOException {
        return rtnetlink
                .link(index)
                .orElseThrow(() ->
                        new IOException("the link with index " + index + " has gone meanwhile"));
    }

    /** The first address of a link. */
    Optional<IpPrefix> address(Link link) throws IOException {
        return rtnetlink.addresses(link.index()).stream().map(a -> a.prefix()).findFirst();
    }

    /** The hardware address that the neighbour table has. */
    Optional<Neighbour> neighbour(Link device, InetAddress address) throws IOException {
        return rtnetlink.neighbours().stream()
                .filter(n -> n.link() == device.index() && n.address().equals(address))
                .filter(n -> n.mac().isPresent())
                .findFirst();
    }

    /** The peer that a node's WireGuard device sends an address to. */
    static Optional<WireguardPeer> peer(LabNode node, Link device, InetAddress target)
            throws IOException {
        try (Netns netns = Netns.open(LabDirectory.netns(node.netns()))) {
            Optional<WireguardNetlink> opened = WireguardNetlink.open(netns);
            if (opened.isEmpty()) {
                return Optional.empty();
            }
            try (WireguardNetlink wireguard = opened.get()) {
                return wireguard.device(device.name()).stream()
                        .flatMap(found -> found.peers().stream())
                        .filter(p -> p.allowedIps().stream().anyMatch(a -> a.contains(target)))
                        .findFirst();
            }
        }
    }

    /** The end point that a VXLAN device sends a hardware address to. */
    Optional<InetAddress> endPoint(Link device, MacAddress mac) throws IOException {
        return rtnetlink.fdb(device.index()).stream()
                .filter(entry -> entry.mac().equals(mac))
                .flatMap(entry -> entry.destination().stream())
                .findFirst();
    }

    /** The port behind which a bridge knows a hardware address. */
    Optional<Link> port(Link bridge, MacAddress mac) throws IOException {
        for (FdbEntry entry : rtnetlink.fdb()) {
            if (entry.mac().equals(mac)) {
                Link port = link(entry.link());
                if (port.master() == bridge.index()) {
                    return Optional.of(port);
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        rtnetlink.close();
    }
}
