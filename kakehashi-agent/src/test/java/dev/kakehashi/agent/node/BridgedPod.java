package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;

/** A pod that no plugin has made, behind a node's bridge {@code cni0}. */
final class BridgedPod {
    private BridgedPod() {}

    /** Makes it, with addresses of some families; its node has no other. */
    static Netns make(TestNamespaces namespaces, int i, Netns node, Families families)
            throws IOException {
        Netns pod = namespaces.create();
        NodesBed.sh(
                node,
                """
                ip link add cni0 type bridge; ip link set cni0 up
                ip link add p0 type veth peer name eth0 netns %s; ip link set p0 master cni0 up
                """
                        .formatted(NodesBed.path(pod)));
        NodesBed.sh(pod, "ip link set lo up; ip link set eth0 up");
        for (boolean ipv4 : families.each()) {
            String add = "ip addr add %s/" + (ipv4 ? "24" : "64 nodad") + " dev %s";
            NodesBed.sh(node, add.formatted(NodesBed.address(i, 1, ipv4), "cni0"));
            NodesBed.sh(pod, add.formatted(NodesBed.address(i, 2, ipv4), "eth0"));
            NodesBed.sh(pod, "ip route add default via " + NodesBed.address(i, 1, ipv4));
        }
        return pod;
    }
}
