package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The commands of a plan, run by a shell, must do what the plan says. */
@KernelTest
class NodePlanKernelTest {
    @TempDir Path store;

    @BeforeEach
    void writeStore() throws IOException {
        Files.createDirectories(store.resolve("networks"));
        Files.createDirectories(store.resolve("nodes"));
        Files.writeString(
                store.resolve("networks/pods.yaml"),
                """
                apiVersion: kakehashi.dev/v1alpha1
                kind: Network
                metadata:
                  name: pods
                spec:
                  cidrs: [10.244.0.0/16]
                  carrier: vxlan
                """);
        for (int i = 1; i <= 2; i++) {
            Files.writeString(
                    store.resolve("nodes/node-" + i + ".yaml"),
                    """
                    apiVersion: v1
                    kind: Node
                    metadata:
                      name: node-%1$d
                      annotations:
                        kakehashi.dev/vtep-mac: "02:00:00:00:00:0%1$d"
                        flannel.alpha.coreos.com/kube-subnet-manager: "true"
                        flannel.alpha.coreos.com/backend-type: vxlan
                        flannel.alpha.coreos.com/public-ip: 192.0.2.%1$d
                        flannel.alpha.coreos.com/backend-data: '{"VNI":1,"VtepMAC":"02:00:00:00:00:0%1$d"}'
                    spec:
                      podCIDR: 10.244.%1$d.0/24
                      podCIDRs: [10.244.%1$d.0/24]
                    """
                            .formatted(i));
        }
    }

    private static Netns node(TestNamespaces namespaces) throws IOException {
        Netns node = namespaces.create();
        TestNamespaces.run(
                node,
                "sh",
                "-ec",
                "ip link add eth0 type veth peer name wire; ip link set wire up; ip link set eth0 up;"
                        + " ip address add 192.0.2.1/24 dev eth0");
        return node;
    }

    private String plan(Netns node, boolean fromScratch) throws IOException {
        NodeAgentOptions options =
                NodeAgentOptions.of("node-1", store, "pods").withUnderlay("eth0");
        return node.<String, IOException>call(() -> NodePlan.of(options, fromScratch).toString());
    }

    /** Debian 12's ip-address(8) cannot write down who made an address; the kernel can. */
    private static void run(Netns node, String recipe) throws IOException {
        String known = recipe.replaceAll("(?m)^(ip address add .*) proto 75$", "$1");
        TestNamespaces.run(node, "sh", "-ec", known);
    }

    /** That mark; and nft(8) puts a range of ports into the kernel in other octets than we. */
    private static boolean isOnlyWrittenOtherwise(String line) {
        return (line.startsWith("ip address ") && line.endsWith(" proto 75"))
                || line.contains(" inet kakehashi postrouting");
    }

    @Test
    void recipeFromScratch_runByAShell_leavesNothingToDo(TestNamespaces namespaces)
            throws Exception {
        Netns node = node(namespaces);
        String recipe = plan(node, true);
        assertThat(recipe).contains("ip link add flannel.1").contains("nft ");

        run(node, recipe);

        assertThat(plan(node, false).lines().filter(line -> !isOnlyWrittenOtherwise(line)))
                .isEmpty();
    }

    @Test
    void whatDiffers_isNamedAndNotChanged(TestNamespaces namespaces) throws Exception {
        Netns node = node(namespaces);
        run(node, plan(node, true));
        TestNamespaces.run(
                node,
                "sh",
                "-ec",
                "ip route delete 10.244.2.0/24;"
                        + " ip route add 10.244.9.0/24 via 10.244.9.0 dev flannel.1 onlink proto 75");

        String plan = plan(node, false);

        assertThat(plan.lines().filter(line -> !isOnlyWrittenOtherwise(line)))
                .containsExactly(
                        "ip route add 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink proto 75",
                        "ip route delete 10.244.9.0/24 via 10.244.9.0 dev flannel.1 onlink proto 75");
        assertThat(plan(node, false)).isEqualTo(plan);
    }

    @Test
    void nodeThatWaitsForItsIpv4Address_hasNoPlan(TestNamespaces namespaces) throws Exception {
        Netns node = node(namespaces);
        TestNamespaces.run(
                node,
                "sh",
                "-ec",
                "ip address del 192.0.2.1/24 dev eth0;"
                        + " ip address add 2001:db8::1/64 dev eth0 nodad");

        assertThatThrownBy(() -> plan(node, false))
                .hasMessageContaining("eth0 has lost its IPv4 address");
        assertThat(plan(node, true)).contains("ip link add flannel-v6.1");

        Path own = store.resolve("nodes/node-1.yaml");
        Files.writeString(
                own,
                Files.readString(own)
                        .replace("public-ip: 192.0.2.1", "public-ipv6: '2001:db8::1'"));
        assertThat(plan(node, false)).contains("ip link add flannel-v6.1");
    }

    @Test
    void whomTheBridgeAnswersFor_isPartOfIt(TestNamespaces namespaces) throws Exception {
        Netns node = node(namespaces);
        Netns pod = namespaces.create();
        run(node, plan(node, true));
        NodesBed.sh(
                node,
                """
                ip link add cni0 type bridge; ip address add 10.244.1.1/24 dev cni0
                ip link set cni0 up
                ip link add b0 type veth peer name b1; ip link set b0 master cni0
                ip link add r0 type veth peer name eth0 netns %s
                ip link set r0 alias kakehashi:pods/c1/eth0 up; ip route add 10.244.1.9 dev r0
                ip neighbour add proxy 10.244.1.99 dev cni0 protocol 75
                """
                        .formatted(NodesBed.path(pod)));

        String plan = plan(node, false);

        assertThat(plan.lines().filter(line -> !isOnlyWrittenOtherwise(line)))
                .containsExactly(
                        "sysctl -w net/ipv4/neigh/cni0/proxy_delay=0",
                        "ip neighbour add proxy 10.244.1.9 dev cni0 protocol 75",
                        "ip neighbour delete proxy 10.244.1.99 dev cni0");
        run(node, plan);
        assertThat(plan(node, false).lines().filter(line -> !isOnlyWrittenOtherwise(line)))
                .isEmpty();
    }

    @Test
    void nodeWithoutSubnet_isToldSo(TestNamespaces namespaces) throws Exception {
        Netns node = node(namespaces);
        Files.delete(store.resolve("nodes/node-1.yaml"));

        assertThatThrownBy(() -> plan(node, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("node node-1 has no subnet in");
    }
}
