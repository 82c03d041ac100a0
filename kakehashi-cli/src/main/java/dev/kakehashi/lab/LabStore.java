package dev.kakehashi.lab;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.store.DirectoryStore;
import dev.kakehashi.cluster.store.Stored;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The cluster's intent as a user would write it: YAML files in the directory store. */
record LabStore(LabDirectory directory) {

    /** Short enough that a node's right to its blocks is seen to run out. */
    private static final Duration RIGHT = Duration.ofSeconds(20);

    private static final String POOL = pool(LabAgents.NETWORK, LabTopology.POD_CIDR, 28);
    private static final String POOL_IPV6 =
            pool(LabAgents.NETWORK + "-ipv6", LabTopology.POD_CIDR_IPV6, 124);

    private static String pool(String name, String cidr, int blockSize) {
        return """
        apiVersion: kakehashi.dev/v1alpha1
        kind: IPPool
        metadata:
          name: %s
        spec:
          network: %s
          cidr: %s
          blockSize: %d
        """
                .formatted(name, LabAgents.NETWORK, cidr, blockSize);
    }

    /** Writes the Network that the lab's pods are on and its pool, or changes its carrier. */
    void writeNetwork(LabSpec spec) throws IOException {
        if (spec.usesPools() && !Files.exists(file("ippools"))) {
            write("ippools", POOL);
        }
        write("networks", network(spec));
    }

    /** The Network of a lab, and its pools if it has some; as one text of several objects. */
    static String objects(LabSpec spec) {
        List<String> objects = new ArrayList<>(List.of(network(spec)));
        if (spec.usesPools()) {
            objects.addAll(spec.family().of(POOL, POOL_IPV6));
        }
        return String.join("---\n", objects);
    }

    private static String network(LabSpec spec) {
        return """
        apiVersion: kakehashi.dev/v1alpha1
        kind: Network
        metadata:
          name: %s
        spec:
          cidrs: [%s]
          carrier: %s
          podLink: %s
        """
                        .formatted(
                                LabAgents.NETWORK,
                                String.join(", ", new LabTopology(spec).podCidrs()),
                                spec.carrier(),
                                spec.podLink())
                + (spec.usesPools() ? ipam() : "");
    }

    /** Few free addresses, so that nodes are seen to claim blocks. */
    private static String ipam() {
        return """
          ipam:
            type: pools
            minFree: 4
            offlineSeconds: %d
        """
                .formatted(Patience.ofEnvironment().with(RIGHT).toSeconds());
    }

    private void write(String plural, String yaml) throws IOException {
        Path file = file(plural);
        Path folder = file.resolveSibling("");
        Files.createDirectories(folder);
        Path fresh = folder.resolve("." + LabAgents.NETWORK + ".new");
        Files.writeString(fresh, yaml);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private Path file(String plural) {
        return directory.store().resolve(plural).resolve(LabAgents.NETWORK + ".yaml");
    }

    /** The Network's file. */
    Path network() {
        return file("networks");
    }

    /** The blocks that nodes have claimed. */
    List<IpBlock> blocks() throws IOException {
        try (DirectoryStore store = DirectoryStore.open(directory.store())) {
            return store.list(Kind.IP_BLOCK).objects().stream().map(Stored::object).toList();
        }
    }

    /** The Nodes that have registered. */
    List<Node> nodes() throws IOException {
        try (DirectoryStore store = DirectoryStore.open(directory.store())) {
            return store.list(Kind.NODE).objects().stream().map(Stored::object).toList();
        }
    }

    /** Those of the nodes that do not say yet that they work by a carrier. */
    List<String> behind(String carrier, List<LabNode> nodes) throws IOException {
        List<String> there =
                nodes().stream()
                        .filter(node ->
                                carrier.equals(
                                        node.metadata().annotations().get(NodeAnnotations.CARRIER)))
                        .map(Node::name)
                        .toList();
        return nodes.stream().map(LabNode::name).filter(name -> !there.contains(name)).toList();
    }
}
