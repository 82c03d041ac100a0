package dev.kakehashi.lab;

import static dev.kakehashi.lab.KubernetesWorkload.OK;
import static dev.kakehashi.lab.KubernetesWorkload.asking;
import static dev.kakehashi.lab.KubernetesWorkload.single;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.lab.KubernetesBed.Pod;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The image and the manifest, as they are, on a real Kubernetes of three nodes; the pods are made
 * by kubelets and containerd. First with the Nodes' own subnets; taken away, and once more with
 * pools.
 */
@KubernetesCluster
@Tag("kubernetes")
class KubernetesTest {
    private static final String OPERATIONS =
            "jsonpath={.items[*].metadata.managedFields[?(@.manager==\"kakehashi\")].operation}";
    private static final int PODS = 30;
    private static final int POOL_PODS = 6;
    private static final Duration FOLLOWED = Duration.ofSeconds(40);

    @RegisterExtension
    private final KubernetesScene scene =
            KubernetesScene.of(
                    KubernetesBed.withNext(new LabSpec("kubetest", 3, 0, "vxlan", 1)), PODS);

    private final KubernetesBed bed = scene.bed();
    private final KubernetesReach reach = scene.reach();
    private final KubernetesAgents agents = scene.agents();
    private final KubernetesEnd end = scene.end();

    @Test
    @Order(1)
    void everyPodAndNode_reachesPodsNodesServicesAndTheApiServer() throws IOException {
        assertThat(bed.pods("app=web").stream().map(Pod::node).distinct()).hasSize(3);
        reach.assertReach(bed.pods("app=web"));
        reach.assertReach(bed.pods("app=host"));
    }

    @Test
    @Order(2)
    void nodes_sayHowTheirNetworkStands() throws IOException {
        assertThat(
                        bed.kubectl(
                                "get",
                                "nodes",
                                "-o",
                                "jsonpath={.items[*].status.conditions[?(@.type==\"NetworkUnavailable\")].reason}"))
                .isEqualTo("KakehashiIsUp KakehashiIsUp KakehashiIsUp");
        assertThat(bed.kubectl("get", "nodes", "-o", OPERATIONS).split(" "))
                .as("what the agents did to the Nodes")
                .containsOnly("Apply");
        assertThat(bed.kubectl("get", "networks"))
                .containsPattern("default +\\[\"10.244.0.0/16\"\\] +vxlan|default +.*vxlan");
        assertThat(
                        bed.nodes()
                                .inNode(
                                        "node1",
                                        "ip -d link show flannel.1; ip route; cat /etc/cni/net.d/10-kakehashi.conflist"))
                .contains("vxlan id 1 local 198.18.1.11 dev eth0")
                .containsPattern("10.244.\\d.0/24 via 10.244.\\d.0 dev flannel.1 proto 75 onlink")
                .contains("\"portmap\"", "\"bandwidth\"");
    }

    @Test
    @Order(3)
    void publishedPort_isReachedByTheNodesAddress() throws Exception {
        String published = bed.nodes().node("node3").address() + " 18080";
        bed.apply(
                single("published", "node3", ", ports: [{containerPort: 8080, hostPort: 18080}]"));
        bed.await("condition=Ready", "pod/published");
        Pod other = reach.oneOfEach("app=web").getFirst();

        assertThat(bed.inPod(other, asking(List.of(published)))).contains(OK);
        bed.kubectl("delete", "pod/published", "--timeout=30s");
        // The API server forgets a pod with no time to end in before its node has ended it.
        LabBed.await(
                "the end of the published port",
                FOLLOWED,
                () -> !bed.inPod(other, asking(List.of(published))).contains(OK));
    }

    @Test
    @Order(4)
    void account_mayDoWhatItMust_andNoMore() throws IOException {
        new KubernetesAccount(bed).assertNarrow();
    }

    /** The agent's container sees the names of pods' namespaces, also of pods that came later. */
    @Test
    @Order(5)
    void podThatRuns_followsTheMtu_andGetsItsAddressBack() throws Exception {
        new KubernetesRunningPod(bed, reach.oneOfEach("app=web").getFirst()).assertKept();
        reach.assertReach(reach.oneOfEach("app=web"));
    }

    /** Neither traffic nor new pods need an agent that stays, or a carrier that stays. */
    @Test
    @Order(6)
    void agentKilled_carrierChanged_trafficGoesOnAndPodsStart() throws Exception {
        KubernetesTraffic traffic =
                KubernetesTraffic.start(
                        bed, reach.oneOfEach("app=web"), reach.oneOfEach("app=host"));

        agents.kill("node1", () -> reach.assertStarts("after-kill", "node1"));
        traffic.assertNothingLost("the agent of node1 killed");

        agents.changeCarrier(CarrierName.HOST_GW);
        traffic.assertNothingLost("vxlan to host-gw");
        assertThat(bed.nodes().inNode("node2", "ip route; ip -br link"))
                .contains("via " + bed.nodes().node("node3").address() + " dev eth0 proto 75")
                .doesNotContain("flannel.1");
        reach.assertReach(reach.oneOfEach("app=web"));
        agents.changeCarrier(CarrierName.VXLAN);
        traffic.assertNothingLost("host-gw to vxlan");
        traffic.end();
        reach.assertReach(reach.oneOfEach("app=web"));
    }

    @Test
    @Order(7)
    void bgp_agentAndBirdKilled_daemonSetRolled_trafficGoesOn() throws Exception {
        new KubernetesBgp(scene).assertNothingLost();
    }

    @Test
    @Order(8)
    void uninstalled_nothingOfItIsLeft() throws Exception {
        end.uninstall(Set.of());
        end.assertNothingIsLeft();
    }

    @Test
    @Order(9)
    void pools_podsReachEachOther() throws Exception {
        KubernetesPools pools = new KubernetesPools(bed);
        bed.install(KubernetesPools.BRIDGES);
        reach.start(POOL_PODS);
        reach.assertReach(bed.pods("app=web"));
        pools.assertAddressesFit();
    }

    /** Two releases side by side for as long as one likes, and back. */
    @Test
    @Order(10)
    void upgradedOnOneNode_onAll_undone_trafficGoesOnAndPodsStart() throws Exception {
        assumeTrue(bed.hasNext(), "there is no other release: scripts/image.sh --next");
        List<String> before = bed.releases();
        assertThat(before).hasSize(3).containsOnly(before.getFirst());
        KubernetesTraffic traffic =
                KubernetesTraffic.start(
                        bed, reach.oneOfEach("app=web"), reach.oneOfEach("app=host"));

        bed.upgradeOnly(bed.nodes().node("node1"));
        String next = bed.releases().getFirst();
        assertThat(bed.releases()).containsExactly(next, before.get(1), before.get(2));
        assertThat(next).isNotEqualTo(before.getFirst());
        reach.assertStarts("with-next", "node1");
        reach.assertStarts("beside-next", "node2");
        new KubernetesPools(bed).assertAddressesFit();
        traffic.assertNothingLost("one node upgraded");

        bed.upgrade();
        reach.assertStarts("while-upgraded", "node3");
        bed.awaitAgents();
        assertThat(bed.releases()).containsOnly(next);
        traffic.assertNothingLost("all nodes upgraded");

        bed.undoUpgrade();
        reach.assertStarts("while-undone", "node1");
        bed.awaitAgents();
        assertThat(bed.releases()).isEqualTo(before);
        traffic.assertNothingLost("the upgrade undone");
        traffic.end();
        new KubernetesPools(bed).assertAddressesFit();
    }

    @Test
    @Order(11)
    void blocksOfADeletedNode_comeBack_andNothingIsLeft() throws Exception {
        KubernetesTraffic traffic =
                KubernetesTraffic.start(bed, stayingOf("app=web"), stayingOf("app=host"));
        new KubernetesPools(bed).assertBlocksComeBack("node3");
        traffic.assertNothingLost("node3 deleted");

        // Whose routes stay when BIRD is gone.
        agents.changeCarrier(CarrierName.BGP);
        assertThat(bed.nodes().inNode("node1", "ip route")).contains("proto bird");
        traffic.assertNothingLost("vxlan to bgp with pools");
        traffic.end();
        end.uninstall(Set.of("node3"));
        end.assertNothingIsLeft();
    }

    /** One pod of each node but the one that is deleted. */
    private List<Pod> stayingOf(String selector) throws Exception {
        return reach.oneOfEach(selector).stream()
                .filter(pod -> !pod.node().equals("node3"))
                .toList();
    }
}
