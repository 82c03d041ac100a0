package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Nodes with real agents and BIRDs, and routers of a fabric: FRR below {@code frr}, BIRD below
 * {@code fabric}.
 */
abstract class FabricTest extends BirdTest {
    final NodesBed bed(TestNamespaces namespaces, String bgp) throws Exception {
        return bed(
                namespaces, Families.IPV4, "carrier: bgp, masquerade: false, bgp: {" + bgp + "}");
    }

    @AfterEach
    void endRouters() throws Exception {
        Speakers.killFrr(directory.resolve("frr"));
        Speakers.kill(directory.resolve("fabric/bird.pid"));
    }

    /** Writes a Node before its agent does. */
    void node(int i, String labels, String annotations) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("store/nodes"));
        Files.writeString(
                folder.resolve("node-" + i + ".yaml"),
                """
                apiVersion: v1
                kind: Node
                metadata: {name: node-%d, labels: {%s}, annotations: {%s}}
                """
                        .formatted(i, labels, annotations));
    }

    /** A router on the nodes' segment. */
    static Netns router(NodesBed bed, String address) throws IOException {
        Netns router = bed.stranger();
        NodesBed.sh(
                router,
                "ip addr add " + address + "/24 dev eth0; sysctl -qw net.ipv4.ip_forward=1");
        return router;
    }

    /**
     * A network of a router: {@code in} with an end in the router, {@code other} with the other.
     */
    static void wire(
            Netns router, String in, String address, Netns other, String out, String otherAddress)
            throws IOException {
        NodesBed.sh(
                router,
                "ip link add %s type veth peer name %s netns %s; ip link set dev %1$s up; ip addr add %s dev %1$s"
                        .formatted(in, out, NodesBed.path(other), address));
        NodesBed.sh(
                other,
                "ip link set lo up; ip link set dev %1$s up; ip addr add %2$s dev %1$s"
                        .formatted(out, otherAddress));
    }

    static String frrNeighbours(String each) {
        return each.replace("%", "192.0.2.1") + each.replace("%", "192.0.2.2");
    }

    static String birdNeighbours(String name, String each) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= 2; i++) {
            text.append(
                    "protocol bgp node%1$d { neighbor 192.0.2.%1$d as 64512; %2$s }\n"
                            .formatted(i, each.formatted(name)));
        }
        return text.toString();
    }
}
