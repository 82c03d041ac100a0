package dev.kakehashi.agent.node;

import dev.kakehashi.store.etcd.EtcdServer;
import dev.kakehashi.store.kubernetes.ApiServer;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Nodes of ours and of a real Flannel in one network; what a test started ends with it. */
@KernelTest
abstract class FlannelTest {
    private static final String PREFIX = "/coreos.com/network";

    @TempDir Path directory;
    private final List<AutoCloseable> servers = new ArrayList<>();
    private final List<Flanneld> flannels = new ArrayList<>();
    private @Nullable NodesBed open;

    @AfterEach
    void endAll() throws Exception {
        for (Flanneld flanneld : flannels) {
            flanneld.end();
        }
        if (open != null) {
            open.close();
        }
        for (AutoCloseable server : servers) {
            server.close();
        }
    }

    /** Where Flannel's records are. */
    interface Records {
        /** Nodes whose agents know of them. */
        NodesBed bed(TestNamespaces namespaces) throws Exception;

        /** Starts Flannel on a node. */
        Flanneld start(NodesBed bed, int node) throws Exception;
    }

    /** The nodes of this test. */
    final NodesBed bed(Records records, TestNamespaces namespaces) throws Exception {
        NodesBed bed = records.bed(namespaces);
        open = bed;
        return bed;
    }

    /** Flannel on a node, until it is ended. */
    final Flanneld flanneld(Records records, NodesBed bed, int node) throws Exception {
        Flanneld started = records.start(bed, node);
        flannels.add(started);
        return started;
    }

    /** The key of a node's subnets in Flannel's etcd. */
    static String key(int node, Families families) {
        String key = PREFIX + "/subnets/10.244." + node + ".0-24";
        return families.ipv6() ? key + "&fd00:10:244:" + node + "::-64" : key;
    }

    /**
     * An etcd with Flannel's configuration, and subnets of nodes by their address, as an operator
     * reserves them.
     *
     * @param config of {@link Flanneld#config}
     * @param reserved nodes
     */
    final EtcdServer etcd(String config, Families families, int... reserved) throws Exception {
        EtcdServer server = EtcdServer.start(directory, List.of());
        servers.add(server);
        server.control("put", PREFIX + "/config", config);
        for (int node : reserved) {
            server.control(
                    "put",
                    key(node, families),
                    "{\"PublicIP\":\"192.0.2.%1$d\",\"PublicIPv6\":\"2001:db8:1::%1$d\"}"
                            .formatted(node));
        }
        return server;
    }

    /** Flannel's leases there. */
    final Records leases(EtcdServer server, Families families) {
        int port = Integer.parseInt(server.authority().substring("127.0.0.1:".length()));
        return new Records() {
            @Override
            public NodesBed bed(TestNamespaces namespaces) throws Exception {
                NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), families);
                bed.flannel(FlannelOptions.etcd("etcd://" + server.authority()));
                return bed;
            }

            @Override
            public Flanneld start(NodesBed bed, int node) throws Exception {
                return Flanneld.start(bed.node(node), bed.stateDirectory(node), port);
            }
        };
    }

    /** An API server with our kinds of objects. */
    final KubernetesBed kubernetes() throws Exception {
        ApiServer server = ApiServer.start(directory);
        servers.add(server);
        return KubernetesBed.of(server, directory);
    }

    /**
     * The annotations of Nodes there.
     *
     * @param config of {@link Flanneld#config}
     */
    final Records annotations(KubernetesBed nodes, String config, Families families) {
        return new Records() {
            @Override
            public NodesBed bed(TestNamespaces namespaces) throws Exception {
                NodesBed bed = new NodesBed(namespaces, nodes, directory, families);
                bed.flannel();
                return bed;
            }

            @Override
            public Flanneld start(NodesBed bed, int node) throws Exception {
                return Flanneld.start(
                        bed.node(node),
                        bed.stateDirectory(node),
                        nodes.server(),
                        "node-" + node,
                        config);
            }
        };
    }
}
