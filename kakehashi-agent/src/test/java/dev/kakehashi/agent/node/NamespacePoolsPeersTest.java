package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kakehashi.cluster.ipam.KakehashiIpam;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.plugin.ProcessDelegator;
import dev.kakehashi.linux.BootClock;
import dev.kakehashi.store.kubernetes.ApiServer;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

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
            server.defineOurKinds();
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
                NodesBed.await(
                        "a block of each pool",
                        () -> ledgers(bed).of("pods").read().blocks().size() == 3);

                assertThat(address(bed, "shop", "")).startsWith("10.244.64.");
                assertThat(address(bed, "blues", "")).startsWith("10.244.65.");
                assertThat(address(bed, "blues", "a-plain")).startsWith("10.244.64.");
                assertThat(address(bed, "reds", "red")).startsWith("10.244.66.");
                CniException notRed = refused(bed, "shop", "red");
                assertThat(notRed.code()).isEqualTo(CniException.INVALID_CONFIG);
                assertThat(notRed.msg()).contains("red is not for its namespace");

                CniException unknown = refused(bed, "later", "");
                assertThat(unknown.code()).isEqualTo(CniException.TRY_AGAIN_LATER);
                assertThat(unknown.msg()).contains("namespace later is not known to this node yet");
                store.kubectl("create", "namespace", "later");
                awaitAddress(bed, "later", "", "10.244.64.");

                store.kubectl("label", "namespace", "shop", "team=red");
                store.kubectl("annotate", "namespace", "shop", "kakehashi.dev/pools=red");
                awaitAddress(bed, "shop", "", "10.244.66.");
                store.kubectl("label", "namespace", "shop", "team-");
                NodesBed.await(
                        "the label to be missed",
                        () -> {
                            try {
                                return address(bed, "shop", "").isEmpty();
                            } catch (CniException e) {
                                return e.msg().contains("red is not for its namespace");
                            }
                        });

                server.kill();
                assertThat(address(bed, "blues", "")).startsWith("10.244.65.");
                bed.stopAgent(1);
                bed.startAgent(1);
                assertThat(address(bed, "blues", "")).startsWith("10.244.65.");
                assertThat(refused(bed, "never", "").code())
                        .isEqualTo(CniException.TRY_AGAIN_LATER);
            }
        }
    }

    private static Ledgers ledgers(NodesBed bed) {
        return Ledgers.in(bed.stateDirectory(1));
    }

    private CniException refused(NodesBed bed, String namespace, String pools) {
        return catchThrowableOfType(CniException.class, () -> address(bed, namespace, pools));
    }

    private void awaitAddress(NodesBed bed, String namespace, String pools, String prefix)
            throws Exception {
        NodesBed.await(
                "an address of " + prefix + " in " + namespace,
                () -> {
                    try {
                        return address(bed, namespace, pools).startsWith(prefix);
                    } catch (CniException e) {
                        return false;
                    }
                });
    }

    /** What a new pod gets; its own annotation names pools unless it is empty. */
    private String address(NodesBed bed, String namespace, String pools) throws Exception {
        containers++;
        String config =
                """
                {"cniVersion": "1.1.0", "name": "pods", "type": "ptp",
                 "runtimeConfig": {"io.kubernetes.cri.pod-annotations": {"kakehashi.dev/pools": "%s"}},
                 "ipam": {"type": "kakehashi-ipam", "network": "pods", "node": "node-1"}}
                """
                        .formatted(pools);
        PluginRequest request =
                PluginRequest.of(
                        CniCommand.ADD,
                        Map.of(
                                "CNI_CONTAINERID",
                                "c" + containers,
                                "CNI_IFNAME",
                                "eth0",
                                "CNI_ARGS",
                                "IgnoreUnknown=1;K8S_POD_NAMESPACE="
                                        + namespace
                                        + ";K8S_POD_NAME=p"),
                        JsonParser.parseObject(config),
                        ProcessDelegator.create(),
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        return KakehashiIpam.of(ledgers(bed), new BootClock())
                .add(request)
                .ips()
                .getFirst()
                .address()
                .toString();
    }
}
