package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Three nodes on one segment, each a namespace with a real agent; a pod on each. */
@KernelTest
class NodeAgentKernelTest {
    private static final String NETWORK =
            """
            apiVersion: kakehashi.dev/v1alpha1
            kind: Network
            metadata:
              name: pods
            spec:
              cidrs: [10.244.0.0/16]
              carrier: vxlan
            """;

    @TempDir Path store;
    private final List<NodeAgent> agents = new ArrayList<>();
    private final List<Netns> nodes = new ArrayList<>();

    private static void sh(Netns netns, String script) throws IOException {
        TestNamespaces.run(netns, "sh", "-ec", script);
    }

    private void network(String carrier) throws IOException {
        Files.createDirectories(store.resolve("networks"));
        Files.writeString(
                store.resolve("networks/pods.yaml"),
                NETWORK.replace("carrier: vxlan", "carrier: " + carrier));
    }

    private void start(TestNamespaces namespaces) throws Exception {
        Netns segment = namespaces.create();
        sh(segment, "ip link add br0 type bridge; ip link set br0 up");
        for (int n = 1; n <= 3; n++) {
            int i = n;
            Netns node = namespaces.create();
            nodes.add(node);
            sh(
                    segment,
                    "ip link add n%d type veth peer name eth0 netns /proc/%d/fd/%d; ip link set n%d master br0 up"
                            .formatted(i, ProcessHandle.current().pid(), node.fd().number(), i));
            sh(
                    node,
                    "ip link set lo up; ip link set eth0 up; ip addr add 192.0.2.%d/24 dev eth0"
                            .formatted(i));
            agents.add(NodeAgent.start(NodeAgentOptions.of("node-" + i, store, "pods"), node));
            await("node-" + i + " registered", () -> file(i).contains("podCIDR"));
            sh(
                    node,
                    "ip link add cni0 type bridge; ip link set cni0 up; ip addr add "
                            + pod(i, 1)
                            + "/24 dev cni0");
            Netns pod = namespaces.create();
            pods.add(pod);
            sh(
                    node,
                    "ip link add p0 type veth peer name eth0 netns /proc/%d/fd/%d; ip link set p0 master cni0 up"
                            .formatted(ProcessHandle.current().pid(), pod.fd().number()));
            sh(
                    pod,
                    "ip link set lo up; ip link set eth0 up; ip addr add %s/24 dev eth0; ip route add default via %s"
                            .formatted(pod(i, 2), pod(i, 1)));
        }
    }

    private final List<Netns> pods = new ArrayList<>();

    private String file(int i) throws IOException {
        Path file = store.resolve("nodes/node-" + i + ".yaml");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static String pod(int node, int host) {
        return "10.244." + node + "." + host;
    }

    private interface Check {
        boolean holds() throws Exception;
    }

    private static void await(String what, Check check) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!check.holds()) {
            assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    private static boolean has(Netns netns, String command, String text) throws IOException {
        return TestNamespaces.run(netns, "sh", "-c", command).contains(text);
    }

    @AfterEach
    void close() {
        agents.forEach(NodeAgent::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vxlan", "host-gw"})
    void everyNode_hasARouteToEachOther(String carrier, TestNamespaces namespaces)
            throws Exception {
        network(carrier);
        start(namespaces);

        String hop =
                carrier.equals("vxlan")
                        ? "via 10.244.2.0 dev flannel.1 proto 75 onlink"
                        : "via 192.0.2.2 dev eth0 proto 75";
        await("the route", () -> has(nodes.get(0), "ip route", "10.244.2.0/24 " + hop));
        await("the report", () -> file(1).contains("kakehashi.dev/peers: \"2\""));
    }

    @Test
    void deletedObjects_areBackWithinASecond(TestNamespaces namespaces) throws Exception {
        network("vxlan");
        start(namespaces);
        Netns node = nodes.get(0);
        await("the report", () -> file(1).contains("kakehashi.dev/peers: \"2\""));
        for (String[] c :
                List.of(
                        new String[] {
                            "ip route del 10.244.2.0/24", "ip route", "10.244.2.0/24 via"
                        },
                        new String[] {
                            "ip neigh del 10.244.2.0 dev flannel.1",
                            "ip neigh",
                            "10.244.2.0 dev flannel.1"
                        },
                        new String[] {
                            "nft delete table inet kakehashi",
                            "nft list ruleset",
                            "table inet kakehashi"
                        },
                        new String[] {
                            "ip addr flush dev flannel.1", "ip addr show flannel.1", "10.244.1.0/32"
                        },
                        new String[] {
                            "ip link set flannel.1 down", "ip route", "10.244.3.0/24 via"
                        },
                        new String[] {"ip link del flannel.1", "ip route", "10.244.3.0/24 via"},
                        new String[] {
                            "echo 0 > /proc/sys/net/ipv4/ip_forward",
                            "cat /proc/sys/net/ipv4/ip_forward",
                            "1"
                        })) {
            sh(node, c[0]);
            long start = System.nanoTime();
            await(c[2] + " back after " + c[0], () -> has(node, c[1], c[2]));
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                    .as(c[0])
                    .isLessThan(1000);
        }
    }
}
