package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.conformance.stage.Place;
import dev.kakehashi.conformance.stage.Stage;
import dev.kakehashi.conformance.stage.Traffic;
import dev.kakehashi.linux.rtnetlink.LinkSpec;

import java.util.ArrayList;
import java.util.List;

/** What configurations of {@code ptp} and {@code loopback} do. */
final class PtpBehaviour {
    private static final int PORT = 4000;

    private PtpBehaviour() {}

    private static Scenario.Builder ptp(String id, String requirement) {
        return Scenario.plugin("ptp", id, requirement).since(CniVersion.V0_3_0);
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        all.add(
                ptp(
                                "routes",
                                "the container reaches its subnet by way of the gateway, and the node the"
                                        + " container by a route of its own")
                        .step(
                                "ADD",
                                stage -> {
                                    String end = stage.hostEnd(stage.add());
                                    stage.container().see("route 10.8.0.1/32 dev " + IF_NAME);
                                    stage.container()
                                            .see("route 10.8.0.0/24 via 10.8.0.1 dev " + IF_NAME);
                                    stage.container()
                                            .see("route default via 10.8.0.1 dev " + IF_NAME);
                                    stage.node().see("address " + end + " 10.8.0.1/32");
                                    stage.node().see("route 10.8.0.2/32 dev " + end);
                                })
                        .step(
                                "forwarding",
                                stage -> stage.node().seeSysctl("net.ipv4.ip_forward", "1"))
                        .build());
        all.add(
                ptp("mtu", "mtu is that of both ends")
                        .step(
                                "ADD with mtu 1400",
                                stage -> {
                                    stage.use("{\"ipam\": {ipam}, \"mtu\": 1400}");
                                    String end = stage.hostEnd(stage.add());
                                    stage.node().see("link " + end + " mtu 1400");
                                    stage.container().see("link " + IF_NAME + " mtu 1400");
                                })
                        .build());
        all.add(
                ptp("reach", "node and container reach each other, and two containers")
                        .step(
                                "ADD, ADD, connections",
                                stage -> {
                                    stage.add();
                                    stage.add(stage.pod("two"));
                                    Place other = stage.in(stage.pod("two"));
                                    stage.serveTcp(other, PORT);
                                    stage.serveTcp(stage.node(), PORT);
                                    Traffic.reached(
                                            stage.node(),
                                            "10.8.0.3",
                                            PORT,
                                            "a container from the node");
                                    Traffic.reached(
                                            stage.container(),
                                            "10.8.0.1",
                                            PORT,
                                            "the node from a container");
                                    Traffic.reachedAs(
                                            stage.container(),
                                            "10.8.0.3",
                                            PORT,
                                            "a container from another",
                                            "10.8.0.2/32");
                                })
                        .build());
        for (String backend : List.of("iptables", "nftables")) {
            all.add(
                    ptp(
                                    "masquerade-" + backend,
                                    "ipMasq hides the container from machines outside (back end "
                                            + backend
                                            + ")")
                            .masquerading(backend)
                            .step(
                                    "ADD with ipMasq, a connection, DEL",
                                    stage -> masquerade(stage, backend))
                            .build());
        }
        all.add(
                Scenario.plugin(
                                "loopback",
                                "up",
                                "ADD brings the container's loopback up, DEL down")
                        .step("ADD", stage -> stage.add(stage.pod(), "lo"))
                        .step("the container", stage -> stage.container().see("link lo up"))
                        .step("DEL", stage -> stage.del(stage.pod(), "lo").silent())
                        .step("the container again", stage -> stage.container().see("link lo down"))
                        .build());
        all.add(
                Scenario.plugin("loopback", "check", "CHECK fails when the loopback is down")
                        .since(CniVersion.V0_4_0)
                        .step("ADD", stage -> stage.add(stage.pod()))
                        .check()
                        .step(
                                "take it down, CHECK",
                                stage -> {
                                    stage.container()
                                            .change("lo", LinkSpec.builder().up(false).build());
                                    stage.check().failed();
                                })
                        .build());
        return all;
    }

    private static void masquerade(Stage stage, String backend) throws Exception {
        Place outside = stage.outside();
        stage.use("{\"ipam\": {ipam}, \"ipMasq\": true, \"ipMasqBackend\": \"" + backend + "\"}");
        stage.add();
        stage.serveTcp(outside, PORT);
        Traffic.reachedAs(
                stage.container(), "192.0.2.2", PORT, "a machine outside", "192.0.2.1/32");
        stage.del().silent();
    }
}
