package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.store.kubernetes.ApiServer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Objects in a real API server, where a test gives the Nodes their subnets. */
record KubernetesBed(ApiServer server, StoreAddress address, Path directory) implements BedStore {
    /** With files in a directory that lasts as long as the server. */
    static KubernetesBed of(ApiServer server, Path directory) throws IOException {
        return new KubernetesBed(server, StoreAddress.parse(server.address()), directory);
    }

    @Override
    public NodeAgentOptions options(String node) {
        return BedStore.at(address, node);
    }

    @Override
    public void network(String yaml) throws IOException {
        apply(yaml);
    }

    @Override
    public String node(String name) throws IOException {
        return kubectl("get", "node", name, "-o", "json", "--ignore-not-found");
    }

    /** Makes a Node as a kubelet does, without subnets. */
    void register(int node) throws IOException {
        apply("{apiVersion: v1, kind: Node, metadata: {name: node-" + node + "}}");
    }

    /** Makes the first Nodes, each with its subnets. */
    void registerWithSubnets(int count, Families families) throws IOException {
        for (int node = 1; node <= count; node++) {
            register(node);
            assign(node, families);
        }
    }

    /** Gives a Node its subnets, as the controller manager does. */
    void assign(int node, Families families) throws IOException {
        List<String> subnets =
                families.each().stream()
                        .map(ipv4 -> NodesBed.address(node, 0, ipv4).replaceFirst("::0$", "::"))
                        .map(subnet -> '"' + subnet + (subnet.contains(":") ? "/64" : "/24") + '"')
                        .toList();
        kubectl(
                "patch",
                "node",
                "node-" + node,
                "-p",
                "{\"spec\":{\"podCIDR\":%s,\"podCIDRs\":[%s]}}"
                        .formatted(
                                subnets.getFirst(),
                                subnets.stream().collect(Collectors.joining(","))));
    }

    /** Removes what a test made. */
    void clear() throws IOException {
        kubectl("delete", "nodes,networks.kakehashi.dev", "--all");
    }

    /** Applies one object. */
    void apply(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("object.yaml"), yaml);
        kubectl("apply", "-f", file.toString());
    }

    String kubectl(String... command) throws IOException {
        try {
            return server.control(command);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
