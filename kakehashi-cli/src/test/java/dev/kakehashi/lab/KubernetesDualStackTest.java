package dev.kakehashi.lab;

import static dev.kakehashi.lab.KubernetesWorkload.OK;
import static dev.kakehashi.lab.KubernetesWorkload.asking;
import static dev.kakehashi.lab.KubernetesWorkload.single;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.lab.KubernetesBed.Pod;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * The image and the manifest on a real Kubernetes whose nodes, pods and Services have IPv4 and IPv6
 * addresses: with the Nodes' subnets and bridges, and once that Network is deleted with pools and
 * routed pods, under agents that go on.
 */
@KubernetesCluster
@Tag("kubernetes")
class KubernetesDualStackTest {
    private static final int PODS = 6;
    private static final int PUBLISHED = 18080;

    @RegisterExtension
    private final KubernetesScene scene =
            KubernetesScene.of(
                    new KubernetesBed(
                            new LabSpec("kubedual", 3, 0, "vxlan", 1).withIpFamily("dual")),
                    PODS);

    private final KubernetesBed bed = scene.bed();
    private final KubernetesReach reach = scene.reach();
    private final KubernetesAgents agents = scene.agents();
    private final KubernetesEnd end = scene.end();

    /** All ways in both families: pods, nodes, Services, the API server. */
    private void assertEverybodyReaches() throws IOException {
        reach.assertReach(bed.pods("app=web"));
        reach.assertReach(bed.pods("app=host"));
    }

    @Test
    @Order(1)
    void everyPodAndNode_reachesAllInBothFamilies() throws IOException {
        for (Pod pod : bed.pods("app=web")) {
            List<IpPrefix> subnets =
                    bed
                            .kubectl(
                                    "get", "node", pod.node(), "-o", "jsonpath={.spec.podCIDRs[*]}")
                            .transform(text -> List.of(text.split(" ", -1)))
                            .stream()
                            .map(IpPrefix::parse)
                            .toList();
            assertThat(pod.addresses()).as("%s", pod).hasSize(2);
            for (int i = 0; i < 2; i++) {
                assertThat(subnets.get(i).contains(IpAddresses.parse(pod.addresses().get(i))))
                        .as("%s of %s", pod, subnets)
                        .isTrue();
            }
        }
        assertEverybodyReaches();
    }

    @Test
    @Order(2)
    void publishedPort_isReachedByTheNodesAddressesOfBothFamilies() throws Exception {
        List<String> published =
                KubernetesReach.at(bed.nodes().node("node3").addresses(), PUBLISHED);
        String ports = ", ports: [{containerPort: 8080, hostPort: " + PUBLISHED + "}]";
        bed.apply(single("published", "node3", ports));
        bed.await("condition=Ready", "pod/published");

        for (Pod asker : reach.oneOfEach("app=web")) {
            String answers = bed.inPod(asker, asking(published));
            assertThat(published).allMatch(place -> answers.contains(place + ": " + OK));
        }
        bed.kubectl("delete", "pod/published", "--timeout=30s");
    }

    @Test
    @Order(3)
    void vxlanToHostGw_losesNothingInBothFamilies() throws Exception {
        KubernetesTraffic traffic =
                KubernetesTraffic.start(
                        bed, reach.oneOfEach("app=web"), reach.oneOfEach("app=host"));
        agents.changeCarrier(CarrierName.HOST_GW);
        traffic.assertNothingLost("vxlan to host-gw, both families");
        String second = bed.nodes().inNode("node2", "ip route; ip -6 route; ip -br link");
        for (String gateway : bed.nodes().node("node3").addresses()) {
            assertThat(second).contains("via " + gateway + " dev eth0 proto 75");
        }
        assertThat(second).doesNotContain("flannel");
        reach.assertReach(reach.oneOfEach("app=web"));
        traffic.end();
    }

    @Test
    @Order(4)
    void poolsOfBothFamilies_podsReachAllInBoth() throws Exception {
        end.deletePods(Set.of());
        bed.kubectl("delete", "network", "default", "--timeout=30s");
        bed.apply(KubernetesPools.DUAL);
        agents.awaitConfigured("kakehashi-ipam");
        reach.start(PODS);
        assertEverybodyReaches();
        new KubernetesPools(bed).assertAddressesFit();
    }

    @Test
    @Order(5)
    void uninstalled_nothingOfItIsLeft() throws Exception {
        end.uninstall(Set.of());
        end.assertNothingIsLeft();
    }
}
