package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.store.etcd.EtcdServer;

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

    /** The options of an agent whose store is elsewhere than in a directory. */
    static NodeAgentOptions at(StoreAddress address, String node) {
        NodeAgentOptions plain = NodeAgentOptions.of(node, Path.of("/"), "pods");
        return new NodeAgentOptions(
                node,
                address,
                plain.network(),
                plain.networkCidrs(),
                plain.underlay(),
                plain.cniConfDir(),
                plain.stateDirectory(),
                plain.bird(),
                plain.flannel());
    }

    /** A directory. */
    static BedStore in(Path store) {
        return in(store, StoreAddress.directory(store));
    }

    /** A directory that agents know by some address. */
    static BedStore in(Path store, StoreAddress address) {
        return new BedStore() {
            @Override
            public NodeAgentOptions options(String node) {
                return at(address, node);
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

    /** An etcd. */
    static BedStore in(EtcdServer server) {
        return new BedStore() {
            @Override
            public NodeAgentOptions options(String node) {
                return at(StoreAddress.parse("etcd://" + server.authority()), node);
            }

            @Override
            public void network(String yaml) throws IOException {
                control("put", "/kakehashi/networks/pods", yaml);
            }

            @Override
            public String node(String name) throws IOException {
                return control("get", "--print-value-only", "/kakehashi/nodes/" + name);
            }

            private String control(String... command) throws IOException {
                try {
                    return server.control(command);
                } catch (IOException | RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IOException(e);
                }
            }
        };
    }
}
