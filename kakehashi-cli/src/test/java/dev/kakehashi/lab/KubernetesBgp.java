package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.lab.KubernetesBed.Pod;

import java.io.IOException;
import java.util.List;

/**
 * From vxlan to bgp and back under traffic of all families the nodes have, and what happens to
 * agents and BIRD in between: BIRD runs in a container of its own, and neither its end nor the
 * agent's is seen by pods.
 */
final class KubernetesBgp {
    private final KubernetesBed bed;
    private final KubernetesReach reach;
    private final KubernetesAgents agents;

    KubernetesBgp(KubernetesScene scene) {
        this.bed = scene.bed();
        this.reach = scene.reach();
        this.agents = scene.agents();
    }

    void assertNothingLost() throws Exception {
        List<Pod> pods = reach.oneOfEach("app=web");
        KubernetesTraffic traffic = KubernetesTraffic.start(bed, pods, reach.oneOfEach("app=host"));

        agents.changeCarrier(CarrierName.BGP);
        traffic.assertNothingLost("vxlan to bgp");
        awaitSessions();
        for (LabNode node : bed.all()) {
            assertRoutesOfBird(node);
        }
        reach.assertReach(pods);

        agents.kill("node2", () -> reach.assertStarts("under-bgp", "node2"));
        assertThat(bed.restarts(bed.nodes().node("node2"), "bird")).isZero();
        traffic.assertNothingLost("the agent of node2 killed under bgp");

        agents.killBird("node1");
        traffic.assertNothingLost("BIRD of node1 killed");

        bed.kubectl("rollout", "restart", "daemonset/kakehashi", "-n", KubernetesBed.NAMESPACE);
        bed.awaitAgents();
        awaitSessions();
        traffic.assertNothingLost("the DaemonSet rolled under bgp");

        agents.changeCarrier(CarrierName.VXLAN);
        traffic.assertNothingLost("bgp to vxlan");
        traffic.end();
        reach.assertReach(pods);
        for (LabNode node : bed.all()) {
            assertThat(routes(node)).doesNotContain("proto bird");
        }
    }

    private void awaitSessions() throws Exception {
        for (LabNode node : bed.all()) {
            agents.awaitSessions(node);
        }
    }

    /** One to each other node in each family; of IPv6 with BIRD's 75 behind the kernel's 1024. */
    private void assertRoutesOfBird(LabNode node) throws IOException {
        String routes = routes(node);
        for (LabNode other : bed.all()) {
            if (other.name().equals(node.name())) {
                continue;
            }
            for (String address : other.addresses()) {
                int metric = address.contains(":") ? 1099 : 75;
                assertThat(routes)
                        .as(node.name())
                        .contains("via " + address + " dev eth0 proto bird metric " + metric);
            }
        }
        assertThat(routes).doesNotContain("flannel");
    }

    private String routes(LabNode node) throws IOException {
        return bed.nodes().inNode(node.name(), "ip route; ip -6 route; ip -br link");
    }
}
