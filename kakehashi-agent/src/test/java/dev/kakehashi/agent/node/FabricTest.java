package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * Nodes with real agents and BIRDs, and routers of a fabric: FRR below {@code frr}, BIRD below
 * {@code fabric}.
 */
abstract class FabricTest extends BirdTest {
    /** The nodes that routers know of. */
    private static final List<Integer> NEIGHBOURS = List.of(1, 2);

    final NodesBed fabric(TestNamespaces namespaces, Families families, String bgp)
            throws Exception {
        return bed(namespaces, families, "carrier: bgp, masquerade: false, bgp: {" + bgp + "}");
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

    /** Writes one BGPPeer for each family of the nodes: one session carries one family. */
    void peers(NodesBed bed, String name, Function<FabricFamily, String> spec) throws IOException {
        for (FabricFamily family : families(bed)) {
            peer(name + "-" + family.word(), spec.apply(family));
        }
    }

    static List<FabricFamily> families(NodesBed bed) {
        return FabricFamily.of(bed.families());
    }

    /** A router on the nodes' segment, the n-th there. */
    static Netns router(NodesBed bed, int n) throws IOException {
        Netns router = bed.segment().stranger();
        forward(router);
        for (FabricFamily family : families(bed)) {
            NodesBed.sh(router, family.add(family.on(n), "eth0"));
        }
        return router;
    }

    private static void forward(Netns router) throws IOException {
        NodesBed.sh(router, "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
    }

    /**
     * A wire with addresses of the nodes' families, 1 in a router and 2 in a host.
     *
     * @param number of the wire; its end in the router is called {@code wNUMBER}
     * @param out its end in the host
     */
    static void wire(NodesBed bed, int number, Netns router, Netns host, String out)
            throws IOException {
        NodesBed.sh(
                router,
                "ip link add w%1$d type veth peer name %2$s netns %3$s; ip link set dev w%1$d up"
                        .formatted(number, out, NodesBed.path(host)));
        NodesBed.sh(host, "ip link set lo up; ip link set dev " + out + " up");
        for (FabricFamily family : families(bed)) {
            NodesBed.sh(router, family.add(family.wire(number, 1), "w" + number));
            NodesBed.sh(host, family.add(family.wire(number, 2), out));
        }
    }

    /**
     * Lines of FRR's {@code router bgp}: the nodes as neighbours, each with routes of its own
     * family.
     *
     * @param neighbour lines for each neighbour, which is called {@code %}
     * @param routes lines for each neighbour among the routes of a family
     * @param more lines for the routes of a family
     */
    static String frr(
            NodesBed bed, String neighbour, String routes, Function<FabricFamily, String> more) {
        StringBuilder text = new StringBuilder("bgp router-id 192.0.2.254\n");
        text.append("no bgp default ipv4-unicast\n");
        for (FabricFamily family : families(bed)) {
            text.append(each(family, neighbour));
        }
        for (FabricFamily family : families(bed)) {
            text.append("address-family " + family.word() + " unicast\n")
                    .append(each(family, "neighbor % activate\n" + routes))
                    .append(more.apply(family))
                    .append("exit-address-family\n");
        }
        return text.toString();
    }

    private static String each(FabricFamily family, String lines) {
        StringBuilder text = new StringBuilder();
        NEIGHBOURS.forEach(i -> text.append(lines.replace("%", family.on(i))));
        return text.toString();
    }

    /**
     * What a BIRD of the fabric is told: to know its kernel's routes, and the nodes as neighbours,
     * each with routes of its own family.
     *
     * @param n its number on the nodes' segment
     * @param asNumber its AS
     * @param neighbour what each session is
     * @param routes what its channel is
     */
    static String bird(
            NodesBed bed,
            int n,
            long asNumber,
            String neighbour,
            Function<FabricFamily, String> routes) {
        StringBuilder text = new StringBuilder("router id 192.0.2." + n + ";\n");
        for (FabricFamily family : families(bed)) {
            text.append(kernel(family));
            for (int i : NEIGHBOURS) {
                text.append(
                        "protocol bgp %1$s_%2$d { local %3$s as %7$d; neighbor %4$s as 64512; %5$s; %1$s { %6$s }; }\n"
                                .formatted(
                                        family.word(),
                                        i,
                                        family.on(n),
                                        family.on(i),
                                        neighbour,
                                        routes.apply(family),
                                        asNumber));
            }
        }
        return text.toString();
    }

    /** A BIRD that takes the kernel's routes and gives it those of BGP. */
    static String kernel(FabricFamily family) {
        return "protocol kernel { %1$s { import all; export where source = RTS_BGP; }; learn; }\nprotocol direct { %1$s; }\n"
                .formatted(family.word());
    }
}
