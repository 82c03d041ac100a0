package dev.kakehashi.conformance.scenario;

import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.NetworkView;
import dev.kakehashi.conformance.stage.Pod;
import dev.kakehashi.conformance.stage.Stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What configurations of {@code bandwidth} do. */
final class BandwidthBehaviour {
    private BandwidthBehaviour() {}

    private static Scenario.Builder of(String id, String requirement) {
        return ChainedBehaviour.of("bandwidth", id, requirement);
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        all.add(
                of("ingress", "ingressRate limits what the node's end of the pair sends")
                        .step(
                                "ADD",
                                stage -> {
                                    stage.add();
                                    stage.node().see("qdisc " + ChainedBehaviour.NODE_END + " tbf");
                                    stage.check().silent();
                                })
                        .build());
        all.add(
                of("egress", "egressRate limits by an ifb that the result lists")
                        .step(
                                "ADD",
                                stage -> {
                                    seeIfb(stage, stage.add());
                                    stage.node()
                                            .see("qdisc " + ChainedBehaviour.NODE_END + " ingress");
                                })
                        .del()
                        .step("the node", BandwidthBehaviour::withoutIfb)
                        .build());
        for (String which : List.of("node", "ifb")) {
            all.add(
                    of(
                                    "check-" + which,
                                    "CHECK fails when the limit of "
                                            + (which.equals("ifb") ? "the ifb" : "the node's end")
                                            + " is missing")
                            .proves(36)
                            .step(
                                    "ADD, remove the qdisc, CHECK",
                                    stage -> {
                                        List<CniInterface> links = stage.add().interfaces();
                                        stage.node()
                                                .removeQueue(
                                                        which.equals("ifb")
                                                                ? links.getLast().name()
                                                                : ChainedBehaviour.NODE_END);
                                        stage.check().failed();
                                    })
                            .del()
                            .build());
        }
        all.add(
                of("static-first", "limits of the configuration come before those of runtimeConfig")
                        .step(
                                "ADD with ingress limits, and egress by runtimeConfig",
                                stage -> {
                                    stage.use(
                                            "{\"ingressRate\": 8000000, \"ingressBurst\": 800000,"
                                                    + " \"runtimeConfig\": {\"bandwidth\":"
                                                    + " {\"egressRate\": 8000000, \"egressBurst\":"
                                                    + " 800000}}}");
                                    stage.add();
                                    stage.node().see("qdisc " + ChainedBehaviour.NODE_END + " tbf");
                                    stage.node()
                                            .miss(
                                                    "qdisc "
                                                            + ChainedBehaviour.NODE_END
                                                            + " ingress");
                                })
                        .build());
        all.add(
                of("one-way", "without egressRate there is no ifb, and the other way round")
                        .step(
                                "ADD with ingress only",
                                stage -> {
                                    stage.use(
                                            "{\"ingressRate\": 8000000, \"ingressBurst\": 800000}");
                                    stage.add();
                                    stage.node().see("qdisc " + ChainedBehaviour.NODE_END + " tbf");
                                    stage.node()
                                            .miss(
                                                    "qdisc "
                                                            + ChainedBehaviour.NODE_END
                                                            + " ingress");
                                    withoutIfb(stage);
                                    stage.del().silent();
                                })
                        .step(
                                "ADD of another container with egress only",
                                stage -> {
                                    stage.use("{\"egressRate\": 8000000, \"egressBurst\": 800000}");
                                    Pod two = stage.pod("two");
                                    seeIfb(stage, stage.add(two));
                                    stage.node().miss("qdisc cf2eth0 tbf");
                                    stage.del(two).silent();
                                })
                        .build());
        all.add(
                of("runtime", "the limits may come from runtimeConfig.bandwidth")
                        .step(
                                "ADD",
                                stage -> {
                                    stage.use(
                                            "{\"runtimeConfig\": {\"bandwidth\": {\"ingressRate\":"
                                                    + " 8000000, \"ingressBurst\": 800000}}}");
                                    stage.add();
                                    stage.node().see("qdisc " + ChainedBehaviour.NODE_END + " tbf");
                                })
                        .build());
        all.add(
                of("none", "without limits nothing is changed")
                        .step(
                                "ADD",
                                stage -> {
                                    stage.pod();
                                    stage.use("{}");
                                    Set<String> before = stage.node().view().facts();
                                    stage.add();
                                    if (!stage.node().view().facts().equals(before)) {
                                        throw Mismatch.of(
                                                "no change",
                                                stage.node().view().facts().toString());
                                    }
                                })
                        .build());
        all.add(
                of("refusals", "a rate needs a burst and a burst a rate")
                        .refused("rate alone", "{\"ingressRate\": 8000}")
                        .refused("burst alone", "{\"egressBurst\": 8000}")
                        .refused(
                                "a burst of more than 4 GB",
                                "{\"ingressRate\": 8000, \"ingressBurst\":" + " 34359738360}")
                        .build());
        all.add(
                of(
                                "two-interfaces",
                                "two interfaces of a container in one network are limited each by its own")
                        .step(
                                "ADD of eth0 and eth1, DEL of eth0",
                                stage -> {
                                    stage.attachBefore(stage.pod(), "eth1", 9);
                                    stage.add();
                                    CniResult second = stage.add(stage.pod(), "eth1");
                                    stage.node().see("qdisc cf9eth1 tbf");
                                    seeIfb(stage, second);
                                    stage.del().silent();
                                    stage.node().see("qdisc cf9eth1 tbf");
                                    seeIfb(stage, second);
                                    stage.check(stage.pod(), "eth1").silent();
                                })
                        .build());
        return all;
    }

    /** Requires the ifb, and its limit, that a result lists behind the links before. */
    private static void seeIfb(Stage stage, CniResult result) throws Exception {
        String ifb = result.interfaces().getLast().name();
        stage.node().see("link " + ifb + " kind ifb");
        stage.node().see("qdisc " + ifb + " tbf");
    }

    private static void withoutIfb(Stage stage) throws Exception {
        NetworkView view = stage.node().view();
        if (view.facts().stream().anyMatch(f -> f.endsWith("kind ifb"))) {
            throw Mismatch.of("no ifb", view.like("link ").toString());
        }
    }
}
