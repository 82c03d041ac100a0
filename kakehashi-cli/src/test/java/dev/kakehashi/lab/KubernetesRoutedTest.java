package dev.kakehashi.lab;

import static dev.kakehashi.lab.KubernetesWorkload.OK;
import static dev.kakehashi.lab.KubernetesWorkload.asking;
import static dev.kakehashi.lab.KubernetesWorkload.single;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.PodLink;
import dev.kakehashi.lab.KubernetesBed.Pod;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Routed pods with addresses of the Nodes' own subnets on a real Kubernetes of three nodes, and
 * beside pods of bridges, since the Network changes while they run.
 */
@KubernetesCluster
class KubernetesRoutedTest {
    private static final int PODS = 6;
    private static final String ROUTED =
            """
            apiVersion: kakehashi.dev/v1alpha1
            kind: Network
            metadata: {name: default}
            spec: {cidrs: [10.244.0.0/16], podLink: routed}
            """;

    @RegisterExtension
    private final KubernetesScene scene =
            KubernetesScene.of(
                    new KubernetesBed(new LabSpec("kuberouted", 3, 0, "vxlan", 1)), ROUTED, PODS);

    private final KubernetesBed bed = scene.bed();
    private final KubernetesReach reach = scene.reach();
    private final KubernetesAgents agents = scene.agents();
    private final KubernetesEnd end = scene.end();

    @Test
    @Order(1)
    void routedPods_reachPodsNodesServicesAndTheApiServer() throws Exception {
        assertEverybodyReaches();
        assertLink("web", PodLink.ROUTED);
        for (LabNode node : bed.all()) {
            assertThat(
                            bed.nodes()
                                    .inNode(
                                            node.name(),
                                            "ip -br link; cat " + KubernetesAgents.CONFIGURATION))
                    .doesNotContain("cni0")
                    .contains("\"host-local\"", "\"" + subnetOf(node.name()) + "\"");
        }
    }

    private String subnetOf(String node) throws IOException {
        return bed.kubectl("get", "node", node, "-o", "jsonpath={.spec.podCIDR}");
    }

    /** Every pod and every node asks every pod and every node, the Services and the API server. */
    private void assertEverybodyReaches() throws IOException {
        reach.assertReach(reach.pods());
        reach.assertReach(bed.pods("app=host"));
    }

    /** In the pods and on their nodes. */
    private void assertLink(String name, PodLink link) throws IOException {
        List<Pod> pods = bed.pods("app=" + name);
        assertThat(pods).hasSize(PODS);
        for (Pod pod : pods) {
            String inPod = bed.inPod(pod, "ip route");
            String onNode = bed.nodes().inNode(pod.node(), "ip route");
            String route = pod.address() + " dev veth\\S+ proto 75 scope link";
            switch (link) {
                case ROUTED -> {
                    assertThat(inPod).as("%s", pod).contains("default via 169.254.1.1 ");
                    assertThat(onNode).as("%s", pod).containsPattern(route);
                }
                case BRIDGE -> {
                    String gateway = subnetOf(pod.node()).replaceFirst("0/24$", "1");
                    assertThat(inPod).as("%s", pod).contains("default via " + gateway + " ");
                    assertThat(onNode).as("%s", pod).doesNotContainPattern(route);
                }
            }
        }
    }

    @Test
    @Order(2)
    void publishedPort_isReachedByTheNodesAddress() throws Exception {
        String published = bed.nodes().node("node3").address() + " 18080";
        bed.apply(
                single("published", "node3", ", ports: [{containerPort: 8080, hostPort: 18080}]"));
        bed.await("condition=Ready", "pod/published");

        for (Pod asker : reach.oneOfEach("app=web")) {
            assertThat(bed.inPod(asker, asking(List.of(published)))).contains(OK);
        }
        bed.kubectl("delete", "pod/published", "--timeout=30s");
    }

    @Test
    @Order(3)
    void metricsAddress_onceItIsSet_isServedByEveryAgent() throws Exception {
        String port = "{\"data\":{\"metrics-address\":\":9475\"}}";
        bed.kubectl("patch", "configmap", "kakehashi", "-n", KubernetesBed.NAMESPACE, "-p", port);
        bed.kubectl("rollout", "restart", "daemonset/kakehashi", "-n", KubernetesBed.NAMESPACE);
        bed.awaitAgents();

        Pod asker = bed.pods("app=host").getFirst();
        for (LabNode node : bed.all()) {
            String asking =
                    "printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' | nc -w 5 "
                            + node.address()
                            + " 9475";
            assertThat(bed.inPod(asker, asking))
                    .contains("kakehashi_ready 1", "node=\"" + node.name() + "\"");
        }
    }

    @Test
    @Order(4)
    void agentKilled_trafficOfRoutedPodsGoesOnAndPodsStart() throws Exception {
        KubernetesTraffic traffic = traffic("web");

        agents.kill("node1", () -> reach.assertStarts("after-kill", "node1"));
        traffic.assertNothingLost("the agent of node1 killed");
        traffic.end();
        assertEverybodyReaches();
    }

    private KubernetesTraffic traffic(String name) throws Exception {
        return KubernetesTraffic.start(
                bed, reach.oneOfEach("app=" + name), reach.oneOfEach("app=host"));
    }

    @Test
    @Order(5)
    void bridgesFromNowOn_runningPodsKeepTheirLink_andBothKindsReachEachOther() throws Exception {
        KubernetesTraffic traffic = traffic("web");

        changePodLink(PodLink.BRIDGE, "bridge");
        reach.startMore("bridged", PODS, "10.96.0.82 80");
        traffic.assertNothingLost("podLink changed to bridge");
        assertLink("web", PodLink.ROUTED);
        assertLink("bridged", PodLink.BRIDGE);
        assertEverybodyReaches();

        agents.kill("node2", () -> reach.assertStarts("after-change", "node2"));
        traffic.assertNothingLost("the agent of node2 killed beside pods of both kinds");
        traffic.end();
        assertLink("web", PodLink.ROUTED);
        assertLink("bridged", PodLink.BRIDGE);
        assertEverybodyReaches();
    }

    /** As the API server has it, and as the nodes' container runtimes will ask for it. */
    private void changePodLink(PodLink link, String plugin) throws Exception {
        agents.patchNetwork("{\"spec\":{\"podLink\":\"" + link + "\"}}");
        agents.awaitConfigured(plugin);
    }

    @Test
    @Order(6)
    void routedAgain_podsOfBridgesKeepTheirLink_andBothKindsReachEachOther() throws Exception {
        KubernetesTraffic traffic = traffic("bridged");

        changePodLink(PodLink.ROUTED, "ptp");
        reach.startMore("again", PODS, "10.96.0.83 80");
        traffic.assertNothingLost("podLink changed to routed");
        assertLink("web", PodLink.ROUTED);
        assertLink("bridged", PodLink.BRIDGE);
        assertLink("again", PodLink.ROUTED);
        assertEverybodyReaches();

        agents.kill("node3", () -> {});
        traffic.assertNothingLost("the agent of node3 killed beside pods of both kinds");
        traffic.end();
        assertEverybodyReaches();
    }

    @Test
    @Order(7)
    void podsOfBridgesGone_othersReachEachOther() throws Exception {
        reach.end("bridged");
        assertEverybodyReaches();
        reach.end("again");
        reach.startMore("after", PODS, "10.96.0.84 80");
        assertLink("after", PodLink.ROUTED);
        assertEverybodyReaches();
    }

    @Test
    @Order(8)
    void uninstalled_nothingOfItIsLeft() throws Exception {
        end.uninstall(Set.of());
        end.assertNothingIsLeft();
    }
}
