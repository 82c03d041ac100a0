package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;

/**
 * What nodes are wired to by their {@code eth0}: a bridge in a namespace of its own, with a port
 * {@code nI} for node I and {@code xI} for the I-th stranger. It may be a router between them too.
 */
final class Segment {
    private static final String BRIDGE = "br0";

    private final TestNamespaces namespaces;
    private final Netns netns;
    private int strangers;
    private boolean router;
    private int remote;

    private Segment(TestNamespaces namespaces, Netns netns) {
        this.namespaces = namespaces;
        this.netns = netns;
    }

    static Segment make(TestNamespaces namespaces) throws IOException {
        Segment made = new Segment(namespaces, namespaces.create());
        made.sh("ip link add %1$s type bridge; ip link set %1$s up".formatted(BRIDGE));
        return made;
    }

    private void sh(String script) throws IOException {
        NodesBed.sh(netns, script);
    }

    /** Wires a node, and gives it addresses of some families. */
    void connect(int node, Netns netns, Families underlay) throws IOException {
        wire(netns, "n" + node);
        if (router) {
            behindRouter(node, netns);
        } else if (node == remote) {
            elsewhere(node, netns);
        } else {
            directly(node, netns, underlay);
        }
    }

    private void wire(Netns host, String port) throws IOException {
        sh(
                "ip link add %1$s type veth peer name eth0 netns %2$s; ip link set %1$s master %3$s up"
                        .formatted(port, NodesBed.path(host), BRIDGE));
        NodesBed.sh(host, "ip link set lo up; ip link set eth0 up");
    }

    private void directly(int i, Netns node, Families underlay) throws IOException {
        if (underlay.ipv4()) {
            NodesBed.sh(node, "ip addr add 192.0.2." + i + "/24 dev eth0");
        }
        if (remote > 0) {
            NodesBed.sh(node, "ip route add default via 192.0.2.254");
        }
        if (underlay.ipv6()) {
            NodesBed.sh(node, "ip addr add 2001:db8:1::" + i + "/64 dev eth0 nodad");
        }
    }

    private void behindRouter(int i, Netns node) throws IOException {
        String gateway = "198.51.100." + i;
        sh(
                "ip link set n%1$d nomaster; ip addr add %2$s/32 dev n%1$d; ip route add 192.0.2.%1$d dev n%1$d"
                        .formatted(i, gateway));
        NodesBed.sh(
                node,
                "ip addr add 192.0.2.%1$d/32 dev eth0; ip route add %2$s dev eth0; ip route add default via %2$s dev eth0 onlink"
                        .formatted(i, gateway));
    }

    private void elsewhere(int i, Netns node) throws IOException {
        sh("ip link set n%1$d nomaster; ip addr add 198.51.100.254/24 dev n%1$d".formatted(i));
        NodesBed.sh(
                node,
                "ip addr add 198.51.100.%d/24 dev eth0; ip route add default via 198.51.100.254"
                        .formatted(i));
    }

    /** From now on each node has a segment of its own, and a router is between (IPv4). */
    void routeBetween() throws IOException {
        router = true;
        sh("sysctl -qw net.ipv4.ip_forward=1");
    }

    /** A node not started yet gets a segment of its own; a router is between it and the others. */
    void routeTo(int node) throws IOException {
        remote = node;
        sh("sysctl -qw net.ipv4.ip_forward=1; ip addr add 192.0.2.254/24 dev " + BRIDGE);
    }

    /** The router learns where a node's pods are. */
    void routePods(int node) throws IOException {
        sh("ip route add 10.244.%1$d.0/24 via 192.0.2.%1$d dev n%1$d onlink".formatted(node));
    }

    /** The largest packet that the router sends to a node; it takes no larger one from there. */
    void routerMtu(int node, int mtu) throws IOException {
        sh("ip link set n%d mtu %d".formatted(node, mtu));
    }

    /** A namespace on the segment that is no node's. */
    Netns stranger() throws IOException {
        Netns stranger = namespaces.create();
        strangers++;
        wire(stranger, "x" + strangers);
        return stranger;
    }

    /** The largest packet that the segment between the nodes carries. */
    void mtu(int mtu) throws IOException {
        sh(
                """
                for port in $(ip -o link show master %1$s | sed 's/^[0-9]*: \\([^@]*\\)@.*/\\1/'); do
                  ip link set $port mtu %2$d
                done
                ip link set %1$s mtu %2$d
                """
                        .formatted(BRIDGE, mtu));
    }

    /** Takes a port off: none sees its link go. */
    void unplug(String port) throws IOException {
        sh("ip link set " + port + " nomaster");
    }

    /** Puts it back. */
    void plug(String port) throws IOException {
        sh("ip link set " + port + " master " + BRIDGE);
    }
}
