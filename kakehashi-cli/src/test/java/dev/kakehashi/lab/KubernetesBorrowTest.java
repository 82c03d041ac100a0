package dev.kakehashi.lab;

import static dev.kakehashi.lab.KubernetesWorkload.OK;
import static dev.kakehashi.lab.KubernetesWorkload.asking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.lab.KubernetesBed.Pod;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Routed pods with addresses of a pool on a real Kubernetes of three nodes, one of which has more
 * pods than there are blocks for: first it borrows, then there is nothing left.
 */
@KubernetesCluster
class KubernetesBorrowTest {
    private static final Duration FOLLOWED = Duration.ofMinutes(3);
    private static final String GUESTS = "10.96.0.81 80";

    /** Of each node, and two blocks of 13 for the first one: it borrows four, of six offered. */
    private static final int EVENLY = 6;

    private static final int CROWD = 28;
    private static final int TOO_MANY = 36;

    @RegisterExtension
    private final KubernetesScene scene =
            KubernetesScene.of(
                    new KubernetesBed(new LabSpec("kubeborrow", 3, 0, "vxlan", 1)),
                    KubernetesPools.BORROWING,
                    EVENLY);

    private final KubernetesBed bed = scene.bed();
    private final KubernetesReach reach = scene.reach();
    private final KubernetesPools pools = new KubernetesPools(bed);
    private final KubernetesAgents agents = scene.agents();
    private final KubernetesEnd end = scene.end();

    @Test
    @Order(1)
    void routedPods_reachPodsNodesServicesAndTheApiServer_alsoWhenMadeAgain() throws Exception {
        for (int i = 0; i < 2; i++) {
            reach.assertReach(bed.pods("app=web"));
            reach.assertReach(bed.pods("app=host"));
            pools.assertAddressesFit();
            for (Pod pod : bed.pods("app=web")) {
                assertThat(bed.nodes().inNode(pod.node(), "ip route; ip -br link"))
                        .containsPattern(pod.address() + " dev veth\\S+ proto 75 scope link")
                        .doesNotContain("cni0");
            }
            for (LabNode node : bed.all()) {
                assertThat(kakehashi(node, "status"))
                        .containsPattern("Attachments +default 2")
                        .contains("No problems.");
                assertThat(kakehashi(node, "routes").lines())
                        .hasSize(3)
                        .filteredOn(line -> line.endsWith(" ok"))
                        .hasSize(2);
            }
            bed.kubectl("delete", "pods", "--selector=app=web", "--timeout=60s");
            reach.start(EVENLY);
        }
    }

    private String kakehashi(LabNode node, String command) throws IOException {
        return bed.nodes().inNode(node.name(), "/opt/kakehashi/bin/kakehashi " + command);
    }

    @Test
    @Order(2)
    void agentKilled_trafficOfRoutedPodsGoesOnAndPodsStart() throws Exception {
        KubernetesTraffic traffic =
                KubernetesTraffic.start(
                        bed, reach.oneOfEach("app=web"), reach.oneOfEach("app=host"));

        agents.kill("node1", () -> reach.assertStarts("after-kill", "node1"));
        traffic.assertNothingLost("the agent of node1 killed");
        traffic.end();
    }

    @Test
    @Order(3)
    void nodeWithMorePodsThanBlocks_borrows_andItsGuestsAreReached() throws Exception {
        crowd(CROWD);
        bed.kubectl("rollout", "status", "deployment/crowd", "--timeout=180s");

        List<Pod> guests = guests();
        assertThat(guests).as("of %s", pools.loans()).hasSizeBetween(4, 6);
        assertThat(pools.loans().values()).containsOnly("node1");
        assertThat(kakehashi(bed.nodes().node("node1"), "status"))
                .containsPattern(guests.getFirst().address() + "/32 +pods +1 +1 +0 +borrowed");
        assertGuestsAreReached(guests);
        pools.assertAddressesFit();
        assertThat(shortage("node1")).isEqualTo("False AddressesFree");
    }

    /** So many pods on the first node, besides its share of the others. */
    private void crowd(int pods) throws IOException {
        bed.apply(
                KubernetesWorkload.deployment(
                                "crowd", pods, "nodeSelector: {kubernetes.io/hostname: node1}")
                        + KubernetesWorkload.service("guests", List.of(GUESTS), "guest: \"yes\""));
    }

    /** The pods with borrowed addresses, which are the Service's from now on. */
    private List<Pod> guests() throws IOException {
        Map<String, String> loans = pools.loans();
        List<Pod> guests = new ArrayList<>();
        for (Pod pod : bed.pods("app=crowd")) {
            if (loans.containsKey(pod.address())) {
                bed.kubectl("label", "pod", pod.name(), "guest=yes", "--overwrite");
                guests.add(pod);
            }
        }
        return guests;
    }

    /** By pods and nodes, their own and others', by a neighbour on loan, and by the Service. */
    private void assertGuestsAreReached(List<Pod> guests) throws Exception {
        List<String> targets = new ArrayList<>();
        guests.forEach(pod -> targets.add(pod.address() + " " + KubernetesWorkload.POD_PORT));
        targets.add(GUESTS);
        List<Pod> askers = new ArrayList<>(bed.pods("app=web"));
        askers.addAll(bed.pods("app=host"));
        askers.add(guests.getFirst());
        for (Pod asker : askers) {
            LabBed.await(
                    "answers of all guests to " + asker,
                    FOLLOWED,
                    () -> {
                        String answers = bed.inPod(asker, asking(targets));
                        return targets.stream().allMatch(one -> answers.contains(one + ": " + OK));
                    });
        }
        List<Pod> guest = List.of(guests.getFirst());
        reach.assertReach(guest);
    }

    private String shortage(String node) throws IOException {
        String condition = ".status.conditions[?(@.type==\"KakehashiAddressesShort\")]";
        return bed.kubectl(
                "get",
                "node",
                node,
                "-o",
                "jsonpath={%1$s.status} {%1$s.reason}".formatted(condition));
    }

    @Test
    @Order(4)
    void agentsOfBorrowerAndLenderKilled_guestsStayAndLoseNothing() throws Exception {
        List<Pod> pods = new ArrayList<>(reach.oneOfEach("app=web"));
        pods.set(0, guests().getFirst());
        Map<String, String> loans = pools.loans();
        KubernetesTraffic traffic = KubernetesTraffic.start(bed, pods, reach.oneOfEach("app=host"));

        for (String node : List.of("node1", "node2", "node3")) {
            agents.kill(node, () -> {});
        }
        traffic.assertNothingLost("the agents of the borrower and of the lenders killed");
        traffic.end();

        assertThat(pools.loans()).isEqualTo(loans);
        pools.assertAddressesFit();
        assertGuestsAreReached(guests());
    }

    /** As pods of nodes' own blocks are: by routes of our own, and by those of BIRD. */
    @Test
    @Order(5)
    void carrierChanged_guestsLoseNothing() throws Exception {
        List<Pod> pods = new ArrayList<>(reach.oneOfEach("app=web"));
        pods.set(0, guests().getFirst());
        Map<String, String> loans = pools.loans();
        KubernetesTraffic traffic = KubernetesTraffic.start(bed, pods, reach.oneOfEach("app=host"));

        changeCarrier(CarrierName.HOST_GW, traffic);
        assertRouted("proto 75");
        changeCarrier(CarrierName.BGP, traffic);
        assertRouted("proto bird metric 75");
        agents.kill("node1", () -> {});
        agents.killBird("node1");
        agents.killBird("node2");
        traffic.assertNothingLost(
                "the agent and BIRD of the borrower, and BIRD of a lender killed");
        assertRouted("proto bird metric 75");
        changeCarrier(CarrierName.HOST_GW, traffic);
        assertRouted("proto 75");
        changeCarrier(CarrierName.VXLAN, traffic);
        changeCarrier(CarrierName.BGP, traffic);
        changeCarrier(CarrierName.VXLAN, traffic);
        traffic.end();

        assertThat(pools.loans()).isEqualTo(loans);
        pools.assertAddressesFit();
    }

    private void changeCarrier(CarrierName carrier, KubernetesTraffic traffic) throws Exception {
        agents.changeCarrier(carrier);
        traffic.assertNothingLost("the carrier changed to " + carrier);
        assertGuestsAreReached(guests());
    }

    /** Each borrowed address by a route of its own through the borrower, also where it is lent. */
    private void assertRouted(String by) throws IOException {
        String borrower = bed.nodes().node("node1").address();
        for (String lender : List.of("node2", "node3")) {
            String routes = bed.nodes().inNode(lender, "ip route; ip -br link");
            for (Pod guest : guests()) {
                assertThat(routes)
                        .contains("%s via %s dev eth0 %s".formatted(guest.address(), borrower, by))
                        .doesNotContain("flannel.1");
            }
        }
    }

    @Test
    @Order(6)
    void nothingLeftToBorrow_isSaid_andPodsStartOnceOthersAreGone() throws Exception {
        crowd(TOO_MANY);
        LabBed.await("the shortage", FOLLOWED, () -> shortage("node1").equals("True NoAddress"));
        LabBed.await(
                "an event of a pod without an address",
                FOLLOWED,
                () -> failures().contains("this node has no free address: pool pods"));
        assertThat(running()).isBetween(CROWD, TOO_MANY - 1);
        assertThat(shortage("node2")).isEqualTo("False AddressesFree");
        reach.assertReach(reach.oneOfEach("app=web"));

        // The pods that wait have their turn, by addresses that have rested.
        bed.kubectl("delete", "pods", "--selector=guest=yes", "--timeout=60s", "--wait=false");
        crowd(CROWD);
        LabBed.await("the crowd", FOLLOWED, () -> running() == CROWD);
        assertGuestsAreReached(guests());
    }

    private String failures() throws IOException {
        return bed.kubectl(
                "get",
                "events",
                "--field-selector",
                "reason=FailedCreatePodSandBox",
                "-o",
                "jsonpath={.items[*].message}");
    }

    private int running() throws IOException {
        return (int) bed.pods("app=crowd").stream().filter(pod -> !pod.address().isEmpty()).count();
    }

    @Test
    @Order(7)
    void podsGone_addressesComeBack() throws Exception {
        bed.kubectl("delete", "deployment", "crowd", "--timeout=60s");

        LabBed.await("the addresses to come back", FOLLOWED, () -> pools.loans().isEmpty());
        assertThat(shortage("node1")).isEqualTo("False AddressesFree");
        pools.assertAddressesFit();
        reach.assertReach(bed.pods("app=web"));
    }

    @Test
    @Order(8)
    void uninstalled_nothingOfItIsLeft() throws Exception {
        end.uninstall(Set.of());
        end.assertNothingIsLeft();
    }
}
