package dev.kakehashi.lab;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.FdbEntry;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Neighbour;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Vxlan;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells a packet's way from a pod in words, by asking each kernel on the way what it would do:
 * route, neighbour, forwarding database. Nothing is known from configuration.
 */
final class PathStory {
    private final LabTopology topology;
    private final List<LabPod> pods;
    private final NodeSandboxes sandboxes;
    private final List<String> lines = new ArrayList<>();

    PathStory(LabTopology topology, List<LabPod> pods, NodeSandboxes sandboxes) {
        this.topology = topology;
        this.pods = pods;
        this.sandboxes = sandboxes;
    }

    List<String> tell(LabPod source, String destination) throws IOException {
        InetAddress target = IpAddresses.parse(destination);
        LabNode node = node(source.node());
        lines.add(
                source.name()
                        + " ("
                        + source.address()
                        + ") on "
                        + node.name()
                        + " to "
                        + destination);
        leavePod(source, node, target);
        Optional<InetAddress> next = crossNode(node, target);
        Optional<LabNode> remote = next.flatMap(this::nodeAt);
        if (remote.isPresent()) {
            arrive(remote.get(), target);
        }
        return lines;
    }

    private void leavePod(LabPod pod, LabNode node, InetAddress target) throws IOException {
        int peer =
                sandboxes
                        .of(node)
                        .call(() -> {
                            try (RtNetlink kernel = open(pod.netns())) {
                                Route route = kernel.lookup(target);
                                say(pod.name(), route(kernel, route));
                                return link(kernel, route).parent();
                            }
                        });
        try (RtNetlink kernel = open(LabDirectory.netns(node.netns()))) {
            Link host = kernel.link(peer).orElseThrow(() -> vanished(peer));
            String master = kernel.link(host.master()).map(Link::name).orElse("no bridge");
            say(
                    node.name(),
                    "the other end of its eth0 is " + host.name() + ", a port of " + master);
        }
    }

    /** Inside the sending node; the underlay address that the packet is sent to, if it leaves. */
    private Optional<InetAddress> crossNode(LabNode node, InetAddress target) throws IOException {
        try (RtNetlink kernel = open(LabDirectory.netns(node.netns()))) {
            Route route = kernel.lookup(target);
            Link device = link(kernel, route);
            say(node.name(), route(kernel, route));
            Optional<InetAddress> gateway = gateway(route);
            if (device.kind().orElse(null) instanceof Vxlan vxlan && gateway.isPresent()) {
                return tunnel(kernel, node, device, vxlan, gateway.get());
            }
            if (device.kind().orElse(null) instanceof Bridge) {
                bridged(kernel, node, device, target);
                return Optional.empty();
            }
            if (isPod(target)) {
                say(node.name(), "the packet goes as it is: no overlay, no translation");
                return gateway;
            }
            say(
                    node.name(),
                    "the destination is outside the pod network: table inet kakehashi masquerades"
                            + " the source to "
                            + node.address());
            return Optional.empty();
        }
    }

    private Optional<InetAddress> tunnel(
            RtNetlink kernel, LabNode node, Link device, Vxlan vxlan, InetAddress gateway)
            throws IOException {
        Optional<Neighbour> neighbour = neighbour(kernel, device, gateway);
        if (neighbour.isEmpty() || neighbour.get().mac().isEmpty()) {
            say(
                    node.name(),
                    "no neighbour entry for " + text(gateway) + ": the packet is lost here");
            return Optional.empty();
        }
        say(
                node.name(),
                "neighbour "
                        + text(gateway)
                        + " is "
                        + neighbour.get().mac().get()
                        + ", permanent");
        for (FdbEntry entry : kernel.fdb(device.index())) {
            if (entry.mac().equals(neighbour.get().mac().get())
                    && entry.destination().isPresent()) {
                InetAddress remote = entry.destination().get();
                say(
                        node.name(),
                        "the forwarding database of "
                                + device.name()
                                + " sends that address to "
                                + text(remote)
                                + ": VXLAN, VNI "
                                + vxlan.vni());
                return Optional.of(remote);
            }
        }
        say(node.name(), "no forwarding entry for that address: the packet is lost here");
        return Optional.empty();
    }

    private void arrive(LabNode node, InetAddress target) throws IOException {
        try (RtNetlink kernel = open(LabDirectory.netns(node.netns()))) {
            Route route = kernel.lookup(target);
            say(node.name(), route(kernel, route));
            bridged(kernel, node, link(kernel, route), target);
        }
    }

    private void bridged(RtNetlink kernel, LabNode node, Link bridge, InetAddress target)
            throws IOException {
        Optional<Neighbour> neighbour = neighbour(kernel, bridge, target);
        String owner =
                pods.stream()
                        .filter(p -> p.address().equals(text(target)))
                        .map(LabPod::name)
                        .findFirst()
                        .orElse(text(target));
        if (neighbour.isEmpty() || neighbour.get().mac().isEmpty()) {
            say(node.name(), bridge.name() + " asks by ARP who has " + text(target));
            return;
        }
        for (FdbEntry entry : kernel.fdb()) {
            if (entry.mac().equals(neighbour.get().mac().get())) {
                String port = kernel.link(entry.link()).map(Link::name).orElse("?");
                say(
                        node.name(),
                        text(target)
                                + " is "
                                + entry.mac()
                                + ", behind port "
                                + port
                                + ": "
                                + owner);
                return;
            }
        }
        say(node.name(), bridge.name() + " floods the frame to its ports; one of them is " + owner);
    }

    private static Optional<Neighbour> neighbour(RtNetlink kernel, Link device, InetAddress address)
            throws IOException {
        return kernel.neighbours().stream()
                .filter(n -> n.link() == device.index() && n.address().equals(address))
                .findFirst();
    }

    private static String route(RtNetlink kernel, Route route) throws IOException {
        String device = link(kernel, route).name();
        return gateway(route)
                .map(via -> "route via " + text(via) + " dev " + device)
                .orElse("route to it is direct, dev " + device);
    }

    private static Optional<InetAddress> gateway(Route route) {
        return route.nextHops().stream().flatMap(hop -> hop.gateway().stream()).findFirst();
    }

    private static Link link(RtNetlink kernel, Route route) throws IOException {
        int index = route.nextHops().getFirst().link();
        return kernel.link(index).orElseThrow(() -> vanished(index));
    }

    private static IOException vanished(int index) {
        return new IOException("the link with index " + index + " has gone meanwhile");
    }

    private static RtNetlink open(Path namespace) throws IOException {
        try (Netns netns = Netns.open(namespace)) {
            return RtNetlink.open(netns);
        }
    }

    private boolean isPod(InetAddress address) {
        return pods.stream().anyMatch(p -> p.address().equals(text(address)));
    }

    private Optional<LabNode> nodeAt(InetAddress address) {
        return topology.nodes().stream().filter(n -> n.address().equals(text(address))).findFirst();
    }

    private LabNode node(String name) throws IOException {
        return topology.node(name).orElseThrow(() -> new IOException("no node " + name));
    }

    private void say(String where, String what) {
        lines.add("  " + where + ": " + what);
    }

    private static String text(InetAddress address) {
        return IpAddresses.format(address);
    }
}
