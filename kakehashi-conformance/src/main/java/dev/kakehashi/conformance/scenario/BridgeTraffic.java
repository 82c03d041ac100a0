package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.scenario.BridgeBehaviour.addWith;
import static dev.kakehashi.conformance.scenario.BridgeBehaviour.bridge;
import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.conformance.stage.Place;
import dev.kakehashi.conformance.stage.Stage;
import dev.kakehashi.conformance.stage.Traffic;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.LinkSpec;

import java.util.ArrayList;
import java.util.List;

/** What passes a bridge of the reference plugin {@code bridge}. */
final class BridgeTraffic {
    private static final int PORT = 4000;

    private BridgeTraffic() {}

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        traffic(all);
        return all;
    }

    private static void traffic(List<Scenario> all) {
        all.add(
                bridge("reach", "containers of a bridge reach each other and the node")
                        .step(
                                "ADD, ADD, connections",
                                stage -> {
                                    stage.add();
                                    stage.add(stage.pod("two"));
                                    Place other = stage.in(stage.pod("two"));
                                    stage.serveTcp(other, PORT);
                                    Traffic.reachedAs(
                                            stage.container(),
                                            "10.8.0.3",
                                            PORT,
                                            "the second container from the first",
                                            "10.8.0.2/32");
                                    Traffic.reachedAs(
                                            stage.node(),
                                            "10.8.0.3",
                                            PORT,
                                            "the second container from the node",
                                            "10.8.0.1/32");
                                })
                        .build());
        all.add(
                bridge("isolated-traffic", "containers on isolated ports do not reach each other")
                        .features("bridge-port-isolation")
                        .step(
                                "ADD, ADD with portIsolation, a connection",
                                stage -> {
                                    addWith(stage, "\"isGateway\": true, \"portIsolation\": true");
                                    stage.add(stage.pod("two"));
                                    Place other = stage.in(stage.pod("two"));
                                    stage.serveTcp(other, PORT);
                                    Traffic.reached(
                                            stage.node(),
                                            "10.8.0.3",
                                            PORT,
                                            "the second container from the node");
                                    Traffic.unreached(
                                            stage.container(),
                                            "10.8.0.3",
                                            PORT,
                                            "the second container from the first");
                                })
                        .build());
        for (String backend : List.of("iptables", "nftables")) {
            all.add(
                    bridge(
                                    "masquerade-" + backend,
                                    "ipMasq hides containers from machines outside and only from them"
                                            + " (back end "
                                            + backend
                                            + ")")
                            .masquerading(backend)
                            .step("ADD with ipMasq, connections, DEL", s -> masquerade(s, backend))
                            .build());
        }
        all.add(
                bridge("spoof-check", "macspoofchk drops frames with another source address")
                        .features("nft-bridge")
                        .step(
                                "ADD with macspoofchk, then another MAC address",
                                BridgeTraffic::spoof)
                        .build());
    }

    private static void masquerade(Stage stage, String backend) throws Exception {
        Place outside = stage.outside();
        addWith(
                stage,
                "\"isGateway\": true, \"ipMasq\": true, \"ipMasqBackend\": \"" + backend + "\"");
        stage.add(stage.pod("two"));
        Place other = stage.in(stage.pod("two"));
        stage.serveTcp(outside, PORT);
        stage.serveTcp(other, PORT);
        Traffic.reachedAs(
                stage.container(), "192.0.2.2", PORT, "a machine outside", "192.0.2.1/32");
        Traffic.reachedAs(
                stage.container(),
                "10.8.0.3",
                PORT,
                "a container of the same network",
                "10.8.0.2/32");
        stage.del().silent();
    }

    private static void spoof(Stage stage) throws Exception {
        addWith(stage, "\"isGateway\": true, \"macspoofchk\": true");
        stage.serveTcp(stage.node(), PORT);
        Traffic.reached(stage.container(), "10.8.0.1", PORT, "the node with its own MAC");
        stage.container()
                .change(
                        IF_NAME,
                        LinkSpec.builder().mac(MacAddress.parse("02:00:00:00:00:99")).build());
        Traffic.unreached(stage.container(), "10.8.0.1", PORT, "the node with another MAC");
    }
}
