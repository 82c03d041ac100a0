package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.scenario.FilterBehaviour.PORT;
import static dev.kakehashi.conformance.scenario.FilterBehaviour.closed;
import static dev.kakehashi.conformance.scenario.FilterBehaviour.iptables;
import static dev.kakehashi.conformance.scenario.FilterBehaviour.out;
import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.conformance.stage.Place;
import dev.kakehashi.conformance.stage.Stage;
import dev.kakehashi.conformance.stage.Traffic;
import dev.kakehashi.linux.iptables.IptablesFamily;

import java.util.List;
import java.util.Optional;

/** What further keys of {@code firewall} do to packets, and what it does for IPv6. */
final class FirewallBehaviour {
    private static final String SECOND = "10.9.2.2";

    private FirewallBehaviour() {}

    private static Scenario.Builder firewall(String id, String requirement) {
        return FilterBehaviour.of("firewall", id, requirement);
    }

    static void add(List<Scenario> all) {
        all.add(
                firewall(
                                "ipv6",
                                "connections of a container are let through by IPv6, too, and no"
                                        + " longer after DEL")
                        .step(
                                "have the node drop what it would forward, ADD, a connection",
                                stage -> {
                                    Place outside = PortmapBehaviour.routed6(stage);
                                    iptables(stage, IptablesFamily.IPV6, ":FORWARD DROP [0:0]");
                                    stage.serveTcp(outside, PORT);
                                    Traffic.unreached(out6(stage), "outside before ADD");
                                    stage.add();
                                    Traffic.reached(() -> out6(stage), "outside by IPv6");
                                    stage.check().silent();
                                })
                        .del()
                        .step(
                                "a connection",
                                stage -> Traffic.unreached(out6(stage), "outside after DEL"))
                        .build());
        adminChain(all);
        for (String policy : List.of("same-bridge", "isolated")) {
            ingress(all, policy);
        }
        all.add(
                firewall("ingress-open", "ingressPolicy open leaves bridges open to each other")
                        .step(
                                "ADD, ADD, a connection from one to the other",
                                stage -> {
                                    attachTwo(stage, "open");
                                    Traffic.reached(
                                            stage.container(),
                                            SECOND,
                                            PORT,
                                            "the second container from the first");
                                })
                        .build());
        all.add(
                firewall(
                                "ingress-no-bridge",
                                "an ingressPolicy needs a bridge in the result before it")
                        .step(
                                "ADD with a result without interfaces",
                                stage -> {
                                    stage.use(
                                            "{\"backend\": \"iptables\", \"ingressPolicy\":"
                                                    + " \"isolated\"}");
                                    JsonObject known =
                                            stage.known(stage.pod(), IF_NAME).orElseThrow();
                                    stage.call(
                                                    stage.request(CniCommand.ADD, stage.pod())
                                                            .with(
                                                                    "prevResult",
                                                                    known.without("interfaces")))
                                            .failed();
                                })
                        .build());
    }

    private static Optional<String> out6(Stage stage) throws Exception {
        return Traffic.askTcp(stage.container(), "2001:db8:ff::2", PORT);
    }

    private static void adminChain(List<Scenario> all) {
        for (String chain : List.of("CNI-ADMIN", "SITE-RULES")) {
            boolean given = !chain.equals("CNI-ADMIN");
            all.add(
                    firewall(
                                    given ? "admin-chain" : "admin-chain-default",
                                    "rules of the administrator in "
                                            + (given
                                                    ? "iptablesAdminChainName"
                                                    : "the chain CNI-ADMIN")
                                            + " come before those of the plugin")
                            .step(
                                    "ADD, a rule in " + chain + " that drops, a connection",
                                    stage -> {
                                        stage.use(
                                                "{\"backend\": \"iptables\""
                                                        + (given
                                                                ? ", \"iptablesAdminChainName\": \""
                                                                        + chain
                                                                        + "\""
                                                                : "")
                                                        + "}");
                                        Place outside = closed(stage);
                                        stage.serveTcp(outside, PORT);
                                        stage.add();
                                        Traffic.reached(() -> out(stage), "outside");
                                        iptables(
                                                stage,
                                                IptablesFamily.IPV4,
                                                "-A " + chain + " -s 10.9.1.2/32 -j DROP");
                                        Traffic.unreached(
                                                out(stage), "outside against the rule in " + chain);
                                    })
                            .check()
                            .build());
        }
    }

    private static void ingress(List<Scenario> all, String policy) {
        all.add(
                firewall(
                                "ingress-" + policy,
                                "ingressPolicy "
                                        + policy
                                        + " keeps containers of different bridges apart, and lets them"
                                        + " out")
                        .step(
                                "ADD, ADD on another bridge, connections",
                                stage -> {
                                    Place outside = attachTwo(stage, policy);
                                    stage.serveTcp(outside, PORT);
                                    Traffic.reached(() -> out(stage), "outside");
                                    Traffic.unreached(
                                            stage.container(),
                                            SECOND,
                                            PORT,
                                            "the second container from the first");
                                    Traffic.reached(
                                            stage.node(),
                                            SECOND,
                                            PORT,
                                            "the second container from the node");
                                })
                        .check()
                        .del()
                        .build());
    }

    /**
     * Two containers on a node that forwards; the link that each hangs on is the first interface of
     * its result, which the plugin takes for the bridge.
     */
    private static Place attachTwo(Stage stage, String policy) throws Exception {
        stage.use("{\"backend\": \"iptables\", \"ingressPolicy\": \"" + policy + "\"}");
        Place outside = FilterBehaviour.routed(stage);
        stage.serveTcp(stage.in(stage.pod("two")), PORT);
        Traffic.reached(
                stage.container(), SECOND, PORT, "the second container from the first before ADD");
        stage.add();
        stage.add(stage.pod("two"));
        return outside;
    }
}
