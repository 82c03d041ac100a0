package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.linux.probe.FeatureProbe;
import dev.kakehashi.linux.probe.FeatureResult;
import dev.kakehashi.linux.probe.Features;
import dev.kakehashi.store.kubernetes.ApiServer;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What people see with kubectl of what real agents set aside: conditions, columns and Events of a
 * real API server, by the account that the manifest gives to agents.
 */
@KernelTest
@Tag("peers")
class KubernetesNoticesPeersTest {
    @TempDir static Path common;
    @RegisterExtension static final ApiServer server = new ApiServer(() -> common);
    private static @Nullable KubernetesBed store;

    private @Nullable NodesBed open;

    @BeforeAll
    static void letAgentsIn() throws Exception {
        server.control("create", "namespace", "kakehashi-system");
        server.control("apply", "-f", "../deploy/kubernetes/20-roles.yaml");
        server.control(
                "create", "clusterrolebinding", "agent", "--clusterrole=kakehashi", "--user=agent");
        Path token = Files.writeString(common.resolve("agent"), "agent-token");
        String address = server.address().replaceFirst("token-file=.*", "token-file=" + token);
        store = new KubernetesBed(server, StoreAddress.parse(address), common);
    }

    @AfterEach
    void endAll() throws Exception {
        if (open != null) {
            open.close();
            for (int i = 1; i <= open.count(); i++) {
                Speakers.kill(BirdTest.pidFile(open, i));
            }
        }
        kubectl(
                "delete",
                "nodes,networks.kakehashi.dev,ippools.kakehashi.dev,ipblocks.kakehashi.dev,bgppeers.kakehashi.dev",
                "--all");
        kubectl("delete", "events", "--all", "-n", "default");
    }

    private static KubernetesBed store() {
        return Objects.requireNonNull(store);
    }

    private static String kubectl(String... command) throws IOException {
        return store().kubectl(command);
    }

    private NodesBed bed(TestNamespaces namespaces, String network) throws Exception {
        NodesBed bed = new NodesBed(namespaces, store(), directory(), Families.IPV4);
        open = bed;
        bed.network(network);
        store().registerWithSubnets(1, Families.IPV4);
        return bed;
    }

    private static Path directory() throws IOException {
        return Files.createTempDirectory(common, "bed");
    }

    private static void create(String kind, String name, String spec) throws IOException {
        store().network(
                        """
                        apiVersion: kakehashi.dev/v1alpha1
                        kind: %s
                        metadata: {name: %s}
                        spec: %s
                        """
                                .formatted(kind, name, spec));
    }

    private static String condition(String kind, String name, String type) throws IOException {
        return kubectl(
                "get",
                kind,
                name,
                "-o",
                "jsonpath={range .status.conditions[?(@.type==\"%s\")]}{.status} {.reason} {.observedGeneration}: {.message}{end}"
                        .formatted(type));
    }

    /** Every Event about an object. */
    private static String events(String kind, String name) throws IOException {
        return kubectl(
                        "get",
                        "events.events.k8s.io",
                        "-n",
                        "default",
                        "-o",
                        "jsonpath={range .items[?(@.regarding.name==\"%s\")]}{.regarding.kind} {.reason}: {.note}{\"\\n\"}{end}"
                                .formatted(name))
                .lines()
                .filter(line -> line.startsWith(kind + " "))
                .reduce("", (all, line) -> all + line + "\n");
    }

    private static void awaitEvent(String kind, String name, String event) throws Exception {
        try {
            NodesBed.await("an Event", () -> events(kind, name).contains(event));
        } catch (AssertionError e) {
            throw new AssertionError("Events were: " + events(kind, name), e);
        }
    }

    @Test
    void networkOverAnother_isSetAside_andTheOtherWorks(TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, "carrier: host-gw");
        bed.start(1, Families.IPV4);
        NodesBed.await(
                "acceptance",
                () -> condition("network", "pods", "Accepted").equals("True Accepted 1: "));
        create("Network", "rival", "{cidrs: [10.244.128.0/17]}");

        String why =
                "10.244.128.0/17 of Network rival overlaps 10.244.0.0/16 of Network pods, which is"
                        + " the elder one; it is set aside until one of the two is changed or"
                        + " deleted";
        NodesBed.await(
                "the refusal",
                () -> condition("network", "rival", "Accepted").equals("False Overlaps 1: " + why));
        awaitEvent("Network", "rival", "Network Overlaps: " + why);
        assertThat(events("Network", "rival").lines()).hasSize(1);
        assertThat(kubectl("get", "networks", "--no-headers"))
                .containsPattern("pods .* host-gw +bridge +True ")
                .containsPattern("rival .* vxlan +bridge +False +10.244.128.0/17 of Network rival");
        assertThat(bed.record(1)).contains("KakehashiIsUp").doesNotContain("NetworkOverlaps");

        kubectl(
                "patch",
                "network",
                "rival",
                "--type=merge",
                "-p",
                "{\"spec\":{\"cidrs\":[\"10.9.0.0/16\"]}}");
        NodesBed.await(
                "acceptance",
                () -> condition("network", "rival", "Accepted").equals("True Accepted 2: "));
    }

    @Test
    void nodeOfTheYoungerNetwork_saysSo_andIsBackWhenTheElderIsGone(TestNamespaces namespaces)
            throws Exception {
        create("Network", "elder", "{cidrs: [10.0.0.0/8]}");
        NodesBed bed = bed(namespaces, "carrier: host-gw");
        NodesBed.await("the node", () -> bed.record(1).contains("podCIDR"));
        bed.start(1, Families.IPV4);

        String why = "10.244.0.0/16 of Network pods overlaps 10.0.0.0/8 of Network elder";
        NodesBed.await("the refusal", () -> bed.record(1).contains(why));
        assertThat(condition("network", "pods", "Accepted")).startsWith("False Overlaps 1: " + why);
        awaitEvent("Node", "node-1", "Node NetworkOverlaps: " + why);

        kubectl("delete", "network", "elder");
        NodesBed.await("the network", () -> bed.record(1).contains("KakehashiIsUp"));
        NodesBed.await(
                "acceptance",
                () -> condition("network", "pods", "Accepted").equals("True Accepted 1: "));
    }

    @Test
    void poolOverAnother_isRefused_andTheOtherIsUsed(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, "carrier: host-gw, ipam: {type: pools}");
        create("IPPool", "first", "{network: pods, cidr: 10.244.0.0/17}");
        bed.start(1, Families.IPV4);
        NodesBed.await(
                "the first pool",
                () -> condition("ippool", "first", "Ready").equals("True Active 1: "));
        create("IPPool", "second", "{network: pods, cidr: 10.244.64.0/18}");

        String why = "10.244.64.0/18 overlaps 10.244.0.0/17 of IPPool first";
        NodesBed.await(
                "the refusal",
                () -> condition("ippool", "second", "Ready").equals("False Refused 1: " + why));
        awaitEvent("IPPool", "second", "IPPool Refused: " + why);
        assertThat(events("IPPool", "second").lines()).hasSize(1);
        NodesBed.await("the node's block", () -> bed.record(1).contains("KakehashiIsUp"));
        assertThat(kubectl("get", "ippools", "--no-headers"))
                .containsPattern("first +10.244.0.0/17 +pods +Active +True ")
                .containsPattern("second +10.244.64.0/18 +pods +Refused +False +" + why);
        assertThat(kubectl("get", "ipblocks", "--no-headers"))
                .containsPattern("first +node-1 +Confirmed ");

        kubectl("patch", "ippool", "first", "--type=merge", "-p", "{\"spec\":{\"disabled\":true}}");
        NodesBed.await(
                "what people asked for",
                () -> condition("ippool", "first", "Ready").startsWith("False Disabled 2: "));
    }

    @Test
    void routerThatDoesNotAnswer_andPasswordThatIsNotThere(TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, "carrier: bgp");
        bed.bird(Speakers.bird().toString());
        create(
                "BGPPeer",
                "silent",
                "{network: pods, peerAddress: 192.0.2.200, peerAsNumber: 64513}");
        create(
                "BGPPeer",
                "secret",
                "{network: pods, peerAddress: 192.0.2.201, peerAsNumber: 64513, passwordFile: none}");
        bed.start(1, Families.IPV4);

        awaitEvent("BGPPeer", "silent", "BGPPeer NotEstablished: session of node node-1: ");
        awaitEvent("BGPPeer", "secret", "BGPPeer NotEstablished: session of node node-1: ");
        assertThat(events("BGPPeer", "secret")).contains("none");
    }

    @Test
    void twoNodesOfOneAddress(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, "carrier: vxlan");
        bed.start(1, Families.IPV4);
        NodesBed.await("the network", () -> bed.record(1).contains("KakehashiIsUp"));
        for (int node = 2; node <= 3; node++) {
            store().register(node);
            kubectl(
                    "annotate",
                    "node",
                    "node-" + node,
                    "flannel.alpha.coreos.com/kube-subnet-manager=true",
                    "flannel.alpha.coreos.com/backend-type=vxlan",
                    "flannel.alpha.coreos.com/backend-data={\"VNI\":1,\"VtepMAC\":\"a6:1f:00:00:00:0%d\"}"
                            .formatted(node),
                    "flannel.alpha.coreos.com/public-ip=192.0.2.9");
            store().assign(node, Families.IPV4);
        }

        awaitEvent("Node", "node-1", "Node PeerSetAside: set aside: ");
        assertThat(events("Node", "node-1")).contains("node-3", "192.0.2.9");
    }

    @Test
    void carrierThatTheNodeCannotDo(TestNamespaces namespaces) throws Exception {
        Assumptions.assumeTrue(
                FeatureProbe.probe(
                                Features.ALL.stream()
                                        .filter(one -> one.name().equals("wireguard"))
                                        .findFirst()
                                        .orElseThrow())
                        instanceof FeatureResult.Missing,
                "this kernel has WireGuard: every carrier can be had");
        NodesBed bed = bed(namespaces, "carrier: vxlan");
        bed.start(1, Families.IPV4);
        NodesBed.await("the network", () -> bed.record(1).contains("KakehashiIsUp"));
        bed.network("carrier: wireguard");

        awaitEvent(
                "Node",
                "node-1",
                "Node KernelFailed: ip link add kakehashi-wg mtu 1440 type wireguard");
        assertThat(condition("node", "node-1", "NetworkUnavailable")).startsWith("False Kernel");
    }

    @Test
    void networkOverTheNodesOwnSubnet_isWarnedOf(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, "carrier: host-gw");
        bed.start(1, Families.IPV4);
        NodesBed.await("the network", () -> bed.record(1).contains("KakehashiIsUp"));
        assertThat(bed.record(1)).doesNotContain(NodeTrouble.UNDERLAY_OVERLAPS);
        NodesBed.sh(bed.node(1), "ip address add 10.9.0.1/8 dev eth0");

        String why = "10.244.0.0/16 of Network pods overlaps 10.0.0.0/8 of this node's eth0: pods";
        NodesBed.await(
                "the warning",
                () -> condition("node", "node-1", NodeTrouble.UNDERLAY_OVERLAPS).contains(why));
        awaitEvent("Node", "node-1", "Node UnderlayOverlaps: " + why);
        NodesBed.sh(bed.node(1), "ip address del 10.9.0.1/8 dev eth0");
        NodesBed.await(
                "its end",
                () ->
                        condition("node", "node-1", NodeTrouble.UNDERLAY_OVERLAPS)
                                .startsWith("False Apart"));
    }
}
