package dev.kakehashi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.node.NodeAgent;
import dev.kakehashi.agent.node.NodeAgentOptions;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.probe.Feature;
import dev.kakehashi.linux.probe.FeatureProbe;
import dev.kakehashi.linux.probe.Features;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code kakehashi network migrate} with two nodes that have real agents. */
@KernelTest
class NetworkMigrateKernelTest {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);

    @TempDir Path directory;
    private final List<NodeAgent> agents = new ArrayList<>();
    private final List<Netns> nodes = new ArrayList<>();

    private void start(TestNamespaces namespaces) throws Exception {
        Files.createDirectories(store().resolve("networks"));
        Files.writeString(
                store().resolve("networks/pods.yaml"),
                "{apiVersion: kakehashi.dev/v1alpha1, kind: Network, metadata: {name: pods},"
                        + " spec: {cidrs: [10.244.0.0/16], carrier: vxlan}}\n");
        for (int i = 1; i <= 2; i++) {
            nodes.add(namespaces.create());
        }
        String peer =
                "/proc/" + ProcessHandle.current().pid() + "/fd/" + nodes.get(1).fd().number();
        sh(nodes.get(0), "ip link add eth0 type veth peer name eth0 netns " + peer);
        for (int i = 1; i <= 2; i++) {
            Netns node = nodes.get(i - 1);
            sh(
                    node,
                    "ip link set lo up; ip link set eth0 up; ip address add 192.0.2.%d/24 dev eth0"
                            .formatted(i));
            Path state = directory.resolve("state-" + i);
            agents.add(
                    NodeAgent.start(
                            NodeAgentOptions.of("node-" + i, store(), "pods")
                                    .withStateDirectory(state),
                            node,
                            Ledgers.in(state)));
        }
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (!routes(1).contains("flannel.1") || !routes(2).contains("flannel.1")) {
            assertThat(System.nanoTime()).as("waiting for routes").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @AfterEach
    void stop() {
        agents.forEach(NodeAgent::close);
    }

    private Path store() {
        return directory.resolve("store");
    }

    private static void sh(Netns netns, String script) throws Exception {
        TestNamespaces.run(netns, "sh", "-ec", script);
    }

    private String routes(int node) throws Exception {
        return TestNamespaces.run(nodes.get(node - 1), "ip", "route", "show", "proto", "75");
    }

    private Captured migrate(String... words) {
        List<String> all = new ArrayList<>(List.of("network", "migrate", "pods"));
        all.addAll(List.of(words));
        all.addAll(List.of("--store", store().toString(), "--timeout", "30s"));
        return Captured.of(() -> Kakehashi.run(all.toArray(String[]::new)));
    }

    @Test
    void thereAndBack_andWhatTheKernelCannotIsRefused(TestNamespaces namespaces) throws Exception {
        start(namespaces);

        Captured there = migrate("--to", "host-gw");
        assertThat(there.status()).as(there.err()).isZero();
        assertThat(there.err())
                .contains("node-1 can receive by host-gw")
                .contains("node-2 -> node-1 by host-gw, was vxlan")
                .contains("node-2 has host-gw and no other")
                .contains("all 2 nodes have host-gw and no other");
        assertThat(routes(1)).contains("via 192.0.2.2 dev eth0").doesNotContain("flannel.1");

        Captured back = migrate("--undo");
        assertThat(back.status()).as(back.err()).isZero();
        assertThat(routes(2)).contains("dev flannel.1").doesNotContain("eth0");

        Feature wireguard =
                Features.ALL.stream().filter(f -> f.name().equals("wireguard")).findFirst().get();
        boolean can = FeatureProbe.probe(wireguard).isSupported();
        Captured encrypted = migrate("--to", "wireguard", "--no-wait");
        assertThat(encrypted.status()).as(encrypted.err()).isEqualTo(can ? 0 : 1);
        if (!can) {
            assertThat(encrypted.err())
                    .contains("nothing is changed")
                    .contains("node node-1 cannot: its kernel ");
            assertThat(Files.readString(store().resolve("networks/pods.yaml")))
                    .contains("carrier: vxlan");
        }
    }
}
