package dev.kakehashi.lab;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Ipip;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Neighbour;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.Vxlan;
import dev.kakehashi.linux.rtnetlink.Wireguard;
import dev.kakehashi.linux.wireguard.WireguardEndpoint;
import dev.kakehashi.linux.wireguard.WireguardPeer;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells a packet's way from a pod in words, by asking each kernel on the way for the objects that
 * decide: route, neighbour, forwarding database. Nothing is known from configuration.
 */
final class PathStory {
    private static final String TRANSLATION = "nft list chain inet kakehashi postrouting";

    private final LabTopology topology;
    private final List<LabPod> pods;
    private final NodeSandboxes sandboxes;
    private final List<PathStep> steps = new ArrayList<>();

    PathStory(LabTopology topology, List<LabPod> pods, NodeSandboxes sandboxes) {
        this.topology = topology;
        this.pods = pods;
        this.sandboxes = sandboxes;
    }

    List<PathStep> tell(LabPod source, InetAddress target) throws IOException {
        LabNode node = node(source.node());
        Optional<Integer> hostEnd = leavePod(source, node, target);
        if (hostEnd.isEmpty()) {
            return steps;
        }
        try (PathKernel kernel = PathKernel.open(LabDirectory.netns(node.netns()))) {
            enterNode(kernel, node, hostEnd.get());
            if (target.equals(IpAddresses.parse(node.address()))) {
                say(node.name(), "the address is the node's own: the packet has arrived", "");
                return steps;
            }
            Optional<InetAddress> next = crossNode(kernel, node, target);
            Optional<LabNode> remote = next.flatMap(this::nodeAt);
            if (remote.isPresent() && isPod(target)) {
                arrive(remote.get(), target);
            }
        }
        return steps;
    }

    /** Returns the index of the cable's other end, in the node; nothing if the way ends here. */
    private Optional<Integer> leavePod(LabPod pod, LabNode node, InetAddress target)
            throws IOException {
        return sandboxes
                .of(node)
                .call(() -> {
                    try (PathKernel kernel = PathKernel.open(pod.netns())) {
                        Optional<Route> route = kernel.route(target);
                        if (route.isEmpty()) {
                            say(
                                    pod.name(),
                                    "there is no route to " + text(target) + ": lost here",
                                    "ip route");
                            return Optional.empty();
                        }
                        Link device = kernel.device(route.get());
                        say(
                                pod.name(),
                                gateway(route.get())
                                        .map(via ->
                                                "another subnet than the pod's own: to the gateway "
                                                        + text(via)
                                                        + " by "
                                                        + device.name())
                                        .orElse(
                                                "the pod's own subnet: straight out of "
                                                        + device.name()),
                                "ip route get " + text(target));
                        return Optional.of(device.parent());
                    }
                });
    }

    private void enterNode(PathKernel kernel, LabNode node, int hostEnd) throws IOException {
        Link host = kernel.link(hostEnd);
        if (host.master() == 0) {
            say(
                    node.name(),
                    "the other end of that cable is " + host.name() + ", routed",
                    "ip link show " + host.name());
            return;
        }
        Link bridge = kernel.link(host.master());
        say(
                node.name(),
                "the other end of that cable is "
                        + host.name()
                        + ", a port of the bridge "
                        + bridge.name()
                        + kernel.address(bridge).map(a -> ", which has " + a).orElse(""),
                "bridge link show dev " + host.name());
    }

    /** Inside the sending node; the underlay address that the packet is sent to, if it leaves. */
    private Optional<InetAddress> crossNode(PathKernel kernel, LabNode node, InetAddress target)
            throws IOException {
        Optional<Route> found = kernel.route(target);
        if (found.isEmpty()) {
            say(node.name(), "there is no route to " + text(target) + ": lost here", "ip route");
            return Optional.empty();
        }
        Route route = found.get();
        Link device = kernel.device(route);
        if (device.kind().orElse(null) instanceof Bridge) {
            bridged(kernel, node, device, target);
            return Optional.empty();
        }
        Optional<InetAddress> gateway = gateway(route);
        say(node.name(), described(route, device), "ip route show " + route.destination());
        translation(node, target);
        if (device.kind().orElse(null) instanceof Vxlan vxlan && gateway.isPresent()) {
            return tunnel(kernel, node, device, vxlan, gateway.get());
        }
        if (device.kind().orElse(null) instanceof Ipip && gateway.isPresent()) {
            say(
                    node.name(),
                    "wrapped into IPv4, protocol 4, and sent to " + text(gateway.get()),
                    "ip -d link show " + device.name());
            return gateway;
        }
        if (device.kind().orElse(null) instanceof Wireguard) {
            return encrypted(node, device, target);
        }
        if (isPod(target)) {
            say(
                    node.name(),
                    "the packet leaves by "
                            + device.name()
                            + " as it is, without a wrapper: the next hop is the other node itself",
                    "ip neigh show " + gateway.map(PathStory::text).orElse(text(target)));
        }
        return gateway;
    }

    private String described(Route route, Link device) {
        String way =
                "route "
                        + (route.destination().length() == 0 ? "default" : route.destination())
                        + gateway(route).map(via -> " via " + text(via)).orElse("")
                        + " dev "
                        + device.name();
        return podsOn(route).map(owner -> way + ": the pods of " + owner).orElse(way);
    }

    /** The node whose pods a route leads to. */
    private Optional<String> podsOn(Route route) {
        return route.destination().length() == 0
                ? Optional.empty()
                : pods.stream()
                        .filter(p -> route.destination().contains(IpAddresses.parse(p.address())))
                        .map(LabPod::node)
                        .findFirst();
    }

    private void translation(LabNode node, InetAddress target) {
        say(
                node.name(),
                isPod(target)
                        ? "from a pod to a pod: the source address stays as it is"
                        : "from a pod to the outside: the source becomes the node's own, "
                                + node.address(),
                TRANSLATION);
    }

    private Optional<InetAddress> tunnel(
            PathKernel kernel, LabNode node, Link device, Vxlan vxlan, InetAddress gateway)
            throws IOException {
        String seeNeighbour = "ip neigh show " + text(gateway) + " dev " + device.name();
        Optional<Neighbour> neighbour = kernel.neighbour(device, gateway);
        if (neighbour.isEmpty()) {
            say(node.name(), "no neighbour " + text(gateway) + ": lost here", seeNeighbour);
            return Optional.empty();
        }
        String mac = neighbour.get().mac().orElseThrow().toString();
        say(
                node.name(),
                "neighbour " + text(gateway) + " is " + mac + ", permanent: nobody is asked",
                seeNeighbour);
        String seeEntry = "bridge fdb show dev " + device.name();
        Optional<InetAddress> remote = kernel.endPoint(device, neighbour.get().mac().orElseThrow());
        say(
                node.name(),
                remote.map(address ->
                                mac
                                        + " is behind "
                                        + text(address)
                                        + ": wrapped into UDP "
                                        + vxlan.port()
                                        + ", VNI "
                                        + vxlan.vni()
                                        + ", and sent there")
                        .orElse("no forwarding entry for " + mac + ": lost here"),
                seeEntry);
        return remote;
    }

    private Optional<InetAddress> encrypted(LabNode node, Link device, InetAddress target)
            throws IOException {
        Optional<WireguardPeer> peer = PathKernel.peer(node, device, target);
        say(
                node.name(),
                peer.map(p ->
                                "encrypted for the peer "
                                        + p.key()
                                        + p.endpoint().map(e -> ", and sent to " + e).orElse(""))
                        .orElse("no peer may have " + text(target) + ": lost here"),
                "wg show " + device.name());
        return peer.flatMap(WireguardPeer::endpoint).map(WireguardEndpoint::address);
    }

    private void arrive(LabNode node, InetAddress target) throws IOException {
        try (PathKernel kernel = PathKernel.open(LabDirectory.netns(node.netns()))) {
            Optional<Route> route = kernel.route(target);
            if (route.isEmpty()) {
                say(node.name(), "no route to " + text(target) + ": lost here", "ip route");
                return;
            }
            Link device = kernel.device(route.get());
            say(
                    node.name(),
                    described(route.get(), device),
                    "ip route show " + route.get().destination());
            bridged(kernel, node, device, target);
        }
    }

    private void bridged(PathKernel kernel, LabNode node, Link bridge, InetAddress target)
            throws IOException {
        String owner = podAt(target).map(LabPod::name).orElse(text(target));
        Optional<Neighbour> neighbour = kernel.neighbour(bridge, target);
        Optional<Link> port =
                neighbour.isEmpty()
                        ? Optional.empty()
                        : kernel.port(bridge, neighbour.get().mac().orElseThrow());
        String what =
                port.map(
                                link -> {
                                    String mac =
                                            neighbour
                                                    .flatMap(Neighbour::mac)
                                                    .orElseThrow()
                                                    .toString();
                                    return bridge.name()
                                            + " knows "
                                            + text(target)
                                            + ", "
                                            + mac
                                            + ", behind its port "
                                            + link.name()
                                            + ": "
                                            + owner;
                                })
                        .orElse(
                                bridge.name()
                                        + " has not heard of "
                                        + text(target)
                                        + " lately and asks its ports: "
                                        + owner
                                        + " answers");
        say(node.name(), what, "bridge fdb show br " + bridge.name());
    }

    private static Optional<InetAddress> gateway(Route route) {
        return route.nextHops().stream().flatMap(hop -> hop.gateway().stream()).findFirst();
    }

    private Optional<LabPod> podAt(InetAddress address) {
        return pods.stream().filter(p -> p.address().equals(text(address))).findFirst();
    }

    private boolean isPod(InetAddress address) {
        return podAt(address).isPresent();
    }

    private Optional<LabNode> nodeAt(InetAddress address) {
        return topology.nodes().stream().filter(n -> n.address().equals(text(address))).findFirst();
    }

    private LabNode node(String name) throws IOException {
        return topology.node(name).orElseThrow(() -> new IOException("no node " + name));
    }

    private void say(String where, String what, String command) {
        steps.add(new PathStep(where, what, command));
    }

    private static String text(InetAddress address) {
        return IpAddresses.format(address);
    }
}
