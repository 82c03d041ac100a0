package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * Nodes whose carrier is bgp, routers on their segment, and hosts behind these.
 *
 * @param directory files of the router that runs FRR are in {@code frr} below it, of the one that
 *     runs BIRD in {@code fabric}
 */
record FabricBed(TestNamespaces namespaces, NodesBed nodes, Path directory) {
    /** The AS of the router that runs FRR. */
    static final long FRR_AS = 64513;

    /** The families of the nodes' addresses. */
    List<FabricFamily> families() {
        return FabricFamily.of(nodes.families());
    }

    /** A router on the nodes' segment, the n-th there. */
    Netns router(int n) throws IOException {
        Netns router = nodes.segment().stranger();
        NodesBed.sh(router, "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        for (FabricFamily family : families()) {
            NodesBed.sh(router, family.add(family.on(n), "eth0"));
        }
        return router;
    }

    /** A host on a wire of a router's, by which it goes everywhere. */
    Netns host(Netns router, int wire) throws IOException {
        Netns host = namespaces.create();
        wire(wire, router, host, "eth0");
        for (FabricFamily family : families()) {
            NodesBed.sh(host, "ip route add default via " + family.wire(wire, 1));
        }
        return host;
    }

    /**
     * A wire with addresses of the nodes' families, 1 in a router and 2 in a host.
     *
     * @param number of the wire; its end in the router is called {@code wNUMBER}
     * @param out its end in the host
     */
    void wire(int number, Netns router, Netns host, String out) throws IOException {
        NodesBed.sh(
                router,
                "ip link add w%1$d type veth peer name %2$s netns %3$s; ip link set dev w%1$d up"
                        .formatted(number, out, NodesBed.path(host)));
        NodesBed.sh(host, "ip link set lo up; ip link set dev " + out + " up");
        for (FabricFamily family : families()) {
            NodesBed.sh(router, family.add(family.wire(number, 1), "w" + number));
            NodesBed.sh(host, family.add(family.wire(number, 2), out));
        }
    }

    /** Starts FRR on a router; for the parameters see {@link RouterTexts#frr}. */
    void frr(Netns router, String neighbour, String routes, Function<FabricFamily, String> more)
            throws IOException {
        frr(router, RouterTexts.frr(families(), neighbour, routes, more));
    }

    /** The same with any lines of {@code router bgp}. */
    void frr(Netns router, String lines) throws IOException {
        Speakers.frr(router, directory.resolve("frr"), FRR_AS, lines);
    }

    /** What FRR knows of a network, as it says it. */
    String frrRoute(FabricFamily family, String network) throws IOException {
        return Speakers.bgpd(
                directory.resolve("frr"), "show bgp " + family.word() + " unicast " + network);
    }

    /** Starts BIRD on a router. */
    void bird(Netns router, String configuration) throws IOException {
        Speakers.bird(router, directory.resolve("fabric"), configuration);
    }

    /** Ends BIRD on its router. */
    void killBird() throws Exception {
        Speakers.kill(directory.resolve("fabric/bird.pid"));
    }

    /** Ends what runs on routers. */
    void close() throws Exception {
        Speakers.killFrr(directory.resolve("frr"));
        killBird();
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
}
