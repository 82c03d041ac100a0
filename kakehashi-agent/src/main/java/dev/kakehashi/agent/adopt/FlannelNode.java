package dev.kakehashi.agent.adopt;

import dev.kakehashi.cluster.carrier.DeviceNames;
import dev.kakehashi.cluster.node.CniConfList;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Neighbour;
import dev.kakehashi.linux.rtnetlink.NextHop;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Vxlan;
import dev.kakehashi.plugins.flannel.SubnetEnv;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A node of Flannel as its kernel shows it, whoever looks after it now.
 *
 * @param subnets what the node tells its plugins
 * @param devices the VXLAN devices, one for each family; empty with the back end host-gw
 * @param bridge the bridge of its pods, if there is one
 * @param ports how many pods are on it
 * @param addresses on the devices
 * @param neighbours permanent ones on the devices
 * @param routes to the pods of other nodes
 * @param links all links, for names
 */
record FlannelNode(
        SubnetEnv subnets,
        List<Link> devices,
        Optional<Link> bridge,
        int ports,
        List<Address> addresses,
        List<Neighbour> neighbours,
        List<Route> routes,
        List<Link> links) {
    static FlannelNode of(SubnetEnv subnets, RtNetlink kernel) throws IOException {
        List<Link> links = kernel.links();
        List<Link> devices = links.stream().filter(FlannelNode::isDevice).toList();
        List<Integer> own = devices.stream().map(Link::index).toList();
        Optional<Link> bridge =
                links.stream().filter(l -> l.name().equals(CniConfList.BRIDGE)).findFirst();
        int ports =
                bridge.map(b -> links.stream().filter(l -> l.master() == b.index()).count())
                        .orElse(0L)
                        .intValue();
        return new FlannelNode(
                subnets,
                devices,
                bridge,
                ports,
                kernel.addresses().stream()
                        .filter(address ->
                                own.contains(address.link()) && isInside(subnets, address.prefix()))
                        .toList(),
                kernel.neighbours().stream()
                        .filter(n -> own.contains(n.link()) && n.isPermanent() && !n.isProxy())
                        .filter(n ->
                                n.mac().isPresent()
                                        && isInside(subnets, IpPrefix.host(n.address())))
                        .toList(),
                kernel.routes(Route.MAIN).stream()
                        .filter(route -> isToNode(subnets, route, bridge))
                        .toList(),
                links);
    }

    private static boolean isDevice(Link link) {
        return link.kind().filter(kind -> kind instanceof Vxlan).isPresent()
                && (link.name().startsWith(DeviceNames.VXLAN)
                        || link.name().startsWith(DeviceNames.VXLAN_IPV6));
    }

    /** Flannel's WireGuard devices that are still there. */
    List<Link> flannelsTunnels() {
        return links.stream()
                .filter(link -> link.name().startsWith(DeviceNames.FLANNELS_WIREGUARD))
                .toList();
    }

    /** Our WireGuard devices. */
    List<Link> ourTunnels() {
        return links.stream()
                .filter(link -> link.name().startsWith(DeviceNames.WIREGUARD))
                .toList();
    }

    private static boolean isInside(SubnetEnv subnets, IpPrefix prefix) {
        return subnets.networks().stream().anyMatch(network -> network.contains(prefix));
    }

    /** By way of another node: with a gateway, and not into the pods' bridge. */
    private static boolean isToNode(SubnetEnv subnets, Route route, Optional<Link> bridge) {
        if (route.type() != RouteType.UNICAST || route.nextHops().size() != 1) {
            return false;
        }
        NextHop hop = route.nextHops().getFirst();
        return hop.gateway().isPresent()
                && bridge.map(b -> b.index() != hop.link()).orElse(true)
                && isInside(subnets, route.destination());
    }

    String nameOf(int index) {
        return links.stream()
                .filter(link -> link.index() == index)
                .map(Link::name)
                .findFirst()
                .orElse("?");
    }

    /** What there is, in lines for people. */
    List<String> describe(FlannelFiles files) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("subnets    " + subnets.subnets() + " of " + subnets.networks());
        for (Link device : devices) {
            lines.add(
                    "device     "
                            + device.name()
                            + device.kind().map(kind -> kind.options()).orElse("")
                            + ", address "
                            + device.mac().map(Object::toString).orElse("none")
                            + ", MTU "
                            + device.mtu()
                            + ", on "
                            + nameOf(device.parent()));
        }
        List<Link> tunnels = new ArrayList<>(flannelsTunnels());
        tunnels.addAll(ourTunnels());
        for (Link tunnel : tunnels) {
            lines.add("device     " + tunnel.name() + ", MTU " + tunnel.mtu());
        }
        if (devices.isEmpty() && tunnels.isEmpty()) {
            lines.add("device     none: the back end is host-gw");
        }
        if (tunnels.isEmpty()) {
            lines.add("peers      " + routes.size() + " routes to pods of other nodes");
        }
        lines.add(
                bridge.map(b -> "bridge     " + b.name() + " with " + ports + " ports, stays")
                        .orElse("bridge     none yet"));
        lines.add(
                "pods       "
                        + files.podCount()
                        + " in "
                        + files.pods()
                        + ", "
                        + files.addressCount()
                        + " addresses in "
                        + files.addresses()
                        + ", stay");
        return lines;
    }
}
