package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.lab.KubernetesBed.Pod;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Carrier bgp on a real Kubernetes whose nodes, pods and Services have IPv4 and IPv6 addresses,
 * under traffic of both families.
 */
@KubernetesCluster
@Tag("kubernetes")
class KubernetesBgpDualStackTest {
    private static final int PODS = 6;

    @RegisterExtension
    private final KubernetesScene scene =
            KubernetesScene.of(
                    new KubernetesBed(
                            new LabSpec("kubebgpdual", 3, 0, "vxlan", 1).withIpFamily("dual")),
                    PODS);

    private final KubernetesBed bed = scene.bed();
    private final KubernetesReach reach = scene.reach();
    private final KubernetesAgents agents = scene.agents();
    private final KubernetesEnd end = scene.end();

    @Test
    @Order(1)
    void agentAndBirdKilled_daemonSetRolled_trafficOfBothFamiliesGoesOn() throws Exception {
        List<Pod> pods = reach.oneOfEach("app=web");
        KubernetesTraffic traffic = KubernetesTraffic.start(bed, pods, reach.oneOfEach("app=host"));

        agents.changeCarrier(CarrierName.BGP);
        traffic.assertNothingLost("vxlan to bgp, both families");
        for (LabNode node : bed.all()) {
            agents.awaitSessions(node);
            assertRoutesOfBird(node);
        }
        reach.assertReach(pods);

        agents.kill("node2", () -> reach.assertStarts("under-bgp", "node2"));
        assertThat(bed.restarts(bed.nodes().node("node2"), "bird")).isZero();
        traffic.assertNothingLost("the agent of node2 killed under bgp, both families");

        agents.killBird("node1");
        traffic.assertNothingLost("BIRD of node1 killed, both families");

        bed.kubectl("rollout", "restart", "daemonset/kakehashi", "-n", KubernetesBed.NAMESPACE);
        bed.awaitAgents();
        for (LabNode node : bed.all()) {
            agents.awaitSessions(node);
        }
        traffic.assertNothingLost("the DaemonSet rolled under bgp, both families");

        agents.changeCarrier(CarrierName.VXLAN);
        traffic.assertNothingLost("bgp to vxlan, both families");
        traffic.end();
        reach.assertReach(pods);
        for (LabNode node : bed.all()) {
            assertThat(routes(node)).doesNotContain("proto bird");
        }
    }

    /** One to each other node in each family; of IPv6 with BIRD's 75 behind the kernel's 1024. */
    private void assertRoutesOfBird(LabNode node) throws IOException {
        String routes = routes(node);
        for (LabNode other : bed.all()) {
            if (!other.name().equals(node.name())) {
                assertThat(routes)
                        .as(node.name())
                        .contains(
                                "via "
                                        + other.addresses().getFirst()
                                        + " dev eth0 proto bird metric 75",
                                "via "
                                        + other.addresses().getLast()
                                        + " dev eth0 proto bird metric 1099");
            }
        }
        assertThat(routes).doesNotContain("flannel");
    }

    private String routes(LabNode node) throws IOException {
        return bed.nodes().inNode(node.name(), "ip route; ip -6 route; ip -br link");
    }

    @Test
    @Order(2)
    void uninstalled_nothingOfItIsLeft() throws Exception {
        end.uninstall(Set.of());
        end.assertNothingIsLeft();
    }
}
