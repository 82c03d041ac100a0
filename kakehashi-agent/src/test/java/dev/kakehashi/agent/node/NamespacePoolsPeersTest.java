package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.store.kubernetes.ApiServer;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/**
 * Pods get addresses of the pools that their namespace's labels and annotation say, by the
 * namespaces of a real API server, which a real agent follows, and the real plugin: also when the
 * server is away.
 */
@KernelTest
@Tag("peers")
class NamespacePoolsPeersTest {
    private static final String POOL =
            "{apiVersion: kakehashi.dev/v1alpha1, kind: IPPool, metadata: {name: %s},"
                    + " spec: {network: pods, cidr: 10.244.%d.0/26, namespaceSelector: %s}}";

    @TempDir Path directory;
    private int containers;

    @Test
    void aNamespacesLabelsAndAnnotation_chooseItsPodsPools(TestNamespaces namespaces)
            throws Exception {
        try (ApiServer server = ApiServer.start(directory)) {
            KubernetesBed store = KubernetesBed.of(server, directory);
            store.apply(POOL.formatted("a-plain", 64, "{}"));
            store.apply(POOL.formatted("blue", 65, "{}"));
            store.apply(POOL.formatted("red", 66, "{matchLabels: {team: red}}"));
            store.kubectl("create", "namespace", "shop");
            store.kubectl("create", "namespace", "reds");
            store.kubectl("label", "namespace", "reds", "team=red");
            store.kubectl("create", "namespace", "blues");
            store.kubectl("annotate", "namespace", "blues", "kakehashi.dev/pools=blue");
            store.registerWithSubnets(1, Families.IPV4);
            try (NodesBed bed =
                    new NodesBed(namespaces, store, directory.resolve("nodes"), Families.IPV4)) {
                bed.network("carrier: host-gw, ipam: {type: pools}");
                bed.start(1, Families.IPV4);
                PoolPlugin plugin = new PoolPlugin(bed, 1);
                NodesBed.await("a block of each pool", () -> plugin.ledger().blocks().size() == 3);

                assertThat(address(plugin, "shop", "")).startsWith("10.244.64.");
                assertThat(address(plugin, "blues", "")).startsWith("10.244.65.");
                assertThat(address(plugin, "blues", "a-plain")).startsWith("10.244.64.");
                assertThat(address(plugin, "reds", "red")).startsWith("10.244.66.");
                CniException notRed = refused(plugin, "shop", "red");
                assertThat(notRed.code()).isEqualTo(CniException.INVALID_CONFIG);
                assertThat(notRed.msg()).contains("red is not for its namespace");

                CniException unknown = refused(plugin, "later", "");
                assertThat(unknown.code()).isEqualTo(CniException.TRY_AGAIN_LATER);
                assertThat(unknown.msg()).contains("namespace later is not known to this node yet");
                store.kubectl("create", "namespace", "later");
                awaitAddress(plugin, "later", "10.244.64.");

                store.kubectl("label", "namespace", "shop", "team=red");
                store.kubectl("annotate", "namespace", "shop", "kakehashi.dev/pools=red");
                awaitAddress(plugin, "shop", "10.244.66.");
                store.kubectl("label", "namespace", "shop", "team-");
                NodesBed.await(
                        "the label to be missed",
                        () -> {
                            try {
                                return address(plugin, "shop", "").isEmpty();
                            } catch (CniException e) {
                                return e.msg().contains("red is not for its namespace");
                            }
                        });

                server.kill();
                assertThat(address(plugin, "blues", "")).startsWith("10.244.65.");
                bed.stopAgent(1);
                bed.startAgent(1);
                assertThat(address(plugin, "blues", "")).startsWith("10.244.65.");
                assertThat(refused(plugin, "never", "").code())
                        .isEqualTo(CniException.TRY_AGAIN_LATER);
            }
        }
    }

    private static CniException refused(PoolPlugin plugin, String namespace, String pools) {
        return plugin.refused("refused", namespace, "pools", pools);
    }

    private void awaitAddress(PoolPlugin plugin, String namespace, String prefix) throws Exception {
        NodesBed.await(
                "an address of " + prefix + " in " + namespace,
                () -> {
                    try {
                        return address(plugin, namespace, "").startsWith(prefix);
                    } catch (CniException e) {
                        return false;
                    }
                });
    }

    /** What a new pod gets; its own annotation names pools unless it is empty. */
    private String address(PoolPlugin plugin, String namespace, String pools) throws CniException {
        containers++;
        return plugin.add("c" + containers, namespace, "pools", pools);
    }
}
