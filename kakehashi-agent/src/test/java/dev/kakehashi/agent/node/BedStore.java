package dev.kakehashi.agent.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Where the nodes of a {@link NodesBed} have their objects. */
interface BedStore {
    /** What an agent of a node is started with, in the Network {@code pods}. */
    NodeAgentOptions options(String node);

    /** Writes the Network, whole. */
    void network(String yaml) throws IOException;

    /** A Node as text; empty when there is none. */
    String node(String name) throws IOException;

    /** A directory. */
    static BedStore in(Path store) {
        return new BedStore() {
            @Override
            public NodeAgentOptions options(String node) {
                return NodeAgentOptions.of(node, store, "pods");
            }

            @Override
            public void network(String yaml) throws IOException {
                Files.createDirectories(store.resolve("networks"));
                Path fresh = store.resolve("networks/.pods.new");
                Files.writeString(fresh, yaml);
                Files.move(
                        fresh, store.resolve("networks/pods.yaml"), StandardCopyOption.ATOMIC_MOVE);
            }

            @Override
            public String node(String name) throws IOException {
                Path file = store.resolve("nodes/" + name + ".yaml");
                return Files.exists(file) ? Files.readString(file) : "";
            }
        };
    }
}
