package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.carrier.NodeCompiler;
import dev.kakehashi.cluster.node.CniConfList;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Wireguard;
import dev.kakehashi.linux.wireguard.WireguardDevice;
import dev.kakehashi.linux.wireguard.WireguardNetlink;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.WireguardTunnel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an agent before this one made for a network, known by its marks: the network's devices with
 * all of ours on them, our routes to its pods by way of other nodes, what stands behind blocks, and
 * whom the bridge of its pods answers for. What is no longer wanted of it, because nodes have left
 * or the carrier was changed meanwhile, nobody else would take away.
 *
 * <p>Routes without a gateway by other devices are not among it: those are attachments' of this
 * node.
 */
final class NodeLeftovers {
    private final String owner;
    private final List<IpPrefix> cidrs;
    private final Map<Integer, String> names = new HashMap<>();
    private final Map<Integer, String> own = new HashMap<>();
    private final List<String> encrypted = new ArrayList<>();
    private final DesiredState.Builder found = DesiredState.builder();

    private NodeLeftovers(String network, List<IpPrefix> cidrs) {
        this.owner = owner(network);
        this.cidrs = cidrs;
    }

    private static String owner(String network) {
        return "network/" + network;
    }

    /** Looks for what there is of a network whose pods have addresses in {@code cidrs}. */
    static DesiredState of(String network, List<IpPrefix> cidrs, Netns host, RtNetlink kernel)
            throws IOException {
        NodeLeftovers leftovers = new NodeLeftovers(network, cidrs);
        kernel.links().forEach(leftovers::link);
        kernel.addresses().forEach(leftovers::address);
        kernel.neighbours().forEach(leftovers::neighbour);
        for (int device : leftovers.own.keySet()) {
            kernel.fdb(device).forEach(leftovers::forwarding);
        }
        kernel.routes(Route.MAIN).forEach(leftovers::route);
        leftovers.tunnels(host);
        return leftovers.found.build();
    }

    private void link(Link link) {
        names.put(link.index(), link.name());
        Optional<LinkKind> kind = link.kind();
        if (link.alias().equals(Ownership.alias(owner)) && kind.isPresent()) {
            own.put(link.index(), link.name());
            if (kind.get() instanceof Wireguard) {
                encrypted.add(link.name());
            }
            found.host(
                    dev.kakehashi.state.Link.create(link.name(), kind.get()).owner(owner).build());
        }
    }

    private void tunnels(Netns host) throws IOException {
        if (encrypted.isEmpty()) {
            return;
        }
        Optional<WireguardNetlink> opened = WireguardNetlink.open(host);
        if (opened.isPresent()) {
            try (WireguardNetlink wireguard = opened.get()) {
                for (String device : encrypted) {
                    wireguard.device(device).map(WireguardDevice::peers).orElse(List.of()).stream()
                            .map(peer -> new WireguardTunnel(device, peer))
                            .forEach(found::host);
                }
            }
        }
    }

    private void address(dev.kakehashi.linux.rtnetlink.Address address) {
        String device = own.get(address.link());
        if (device != null && address.protocol() == Ownership.PROTOCOL) {
            found.host(Address.of(device, address.prefix()));
        }
    }

    private void neighbour(dev.kakehashi.linux.rtnetlink.Neighbour neighbour) {
        if (neighbour.isProxy()
                && neighbour.protocol() == Ownership.PROTOCOL
                && CniConfList.BRIDGE.equals(names.get(neighbour.link()))) {
            found.host(Neighbour.proxy(CniConfList.BRIDGE, neighbour.address()));
        }
        String device = own.get(neighbour.link());
        if (device != null
                && neighbour.protocol() == Ownership.PROTOCOL
                && neighbour.mac().isPresent()) {
            found.host(Neighbour.permanent(device, neighbour.address(), neighbour.mac().get()));
        }
    }

    private void forwarding(dev.kakehashi.linux.rtnetlink.FdbEntry entry) {
        String device = own.get(entry.link());
        if (device != null && entry.destination().isPresent()) {
            found.host(FdbEntry.vxlan(device, entry.mac(), entry.destination().get()));
        }
    }

    private void route(dev.kakehashi.linux.rtnetlink.Route route) {
        boolean toPods = cidrs.stream().anyMatch(cidr -> cidr.contains(route.destination()));
        if (route.protocol() == Ownership.PROTOCOL
                && route.type() == RouteType.BLACKHOLE
                && route.priority() == NodeCompiler.BLACKHOLE_METRIC
                && toPods) {
            found.host(
                    Route.of(RouteType.BLACKHOLE, route.destination())
                            .metric(route.priority())
                            .build());
            return;
        }
        if (route.protocol() != Ownership.PROTOCOL
                || route.type() != RouteType.UNICAST
                || route.nextHops().size() != 1) {
            return;
        }
        dev.kakehashi.linux.rtnetlink.NextHop hop = route.nextHops().getFirst();
        String device = names.get(hop.link());
        boolean byOwn = own.containsKey(hop.link());
        if (device == null || (!byOwn && (!toPods || hop.gateway().isEmpty()))) {
            return;
        }
        NextHop next = new NextHop(hop.gateway(), Optional.of(device), 1, hop.isOnlink());
        found.host(Route.to(route.destination(), next).metric(route.priority()).build());
    }
}
