package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.scenario.BridgeBehaviour.addWith;
import static dev.kakehashi.conformance.scenario.BridgeBehaviour.bridge;
import static dev.kakehashi.conformance.scenario.BridgeBehaviour.seePort;
import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Pod;
import dev.kakehashi.conformance.stage.Stage;

import java.util.ArrayList;
import java.util.List;

/** What configurations of {@code bridge} do about VLANs and hardware addresses. */
final class BridgePortBehaviour {
    private BridgePortBehaviour() {}

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        vlans(all);
        macs(all);
        return all;
    }

    private static void vlans(List<Scenario> all) {
        all.add(
                bridge("vlan", "vlan makes the port an access port of that VLAN")
                        .features("bridge-vlan-filtering")
                        .step(
                                "ADD with vlan 100",
                                stage ->
                                        seePort(
                                                stage,
                                                "vlan",
                                                "\"vlan\": 100",
                                                "vid 100 pvid untagged"))
                        .build());
        all.add(
                bridge("vlan-trunk", "vlanTrunk adds tagged VLANs to the port")
                        .features("bridge-vlan-filtering")
                        .step(
                                "ADD with vlanTrunk",
                                stage ->
                                        seePort(
                                                stage,
                                                "vlan",
                                                "\"vlanTrunk\": [{\"id\": 101}]",
                                                "vid 101"))
                        .build());
        all.add(
                bridge("vlan-default", "with vlan the port leaves the default VLAN")
                        .features("bridge-vlan-filtering")
                        .step(
                                "ADD with vlan 100",
                                stage -> {
                                    String end = addWith(stage, "\"vlan\": 100");
                                    stage.node().miss("vlan " + end + " vid 1");
                                })
                        .build());
        all.add(
                bridge(
                                "vlan-default-kept",
                                "preserveDefaultVlan keeps the port in the default VLAN")
                        .features("bridge-vlan-filtering")
                        .step(
                                "ADD with vlan 100 and preserveDefaultVlan",
                                stage ->
                                        seePort(
                                                stage,
                                                "vlan",
                                                "\"vlan\": 100, \"preserveDefaultVlan\": true",
                                                "vid 1"))
                        .build());
    }

    private static void macs(List<Scenario> all) {
        all.add(
                bridge(
                                "mac",
                                "the container's MAC address comes from runtimeConfig, else args, else"
                                        + " CNI_ARGS")
                        .step("ADD with MAC in CNI_ARGS", stage -> mac(stage, "one", 1, "{}"))
                        .step(
                                "ADD with args.cni.mac too",
                                stage ->
                                        mac(
                                                stage,
                                                "two",
                                                2,
                                                "{\"args\": {\"cni\": {\"mac\": \"02:00:00:00:00:02\"}}}"))
                        .step(
                                "ADD with runtimeConfig.mac too",
                                stage ->
                                        mac(
                                                stage,
                                                "three",
                                                3,
                                                "{\"args\": {\"cni\": {\"mac\": \"02:00:00:00:00:02\"}},"
                                                        + " \"runtimeConfig\": {\"mac\":"
                                                        + " \"02:00:00:00:00:03\"}}"))
                        .build());
        all.add(
                bridge(
                                "mac-stable",
                                "the MAC address of a bridge with an address does not change with"
                                        + " its ports")
                        .step(
                                "ADD, ADD, DEL of both",
                                stage -> {
                                    stage.add();
                                    var before = stage.node().theLink("cfbr0").mac();
                                    stage.add(stage.pod("two"));
                                    stage.del().silent();
                                    stage.del(stage.pod("two")).silent();
                                    var after = stage.node().theLink("cfbr0").mac();
                                    if (!before.equals(after)) {
                                        throw Mismatch.of(before.toString(), after.toString());
                                    }
                                })
                        .build());
    }

    private static void mac(Stage stage, String name, int last, String more) throws Exception {
        Pod pod = stage.pod(name);
        var request =
                stage.request(CniCommand.ADD, pod)
                        .set("CNI_ARGS", "IgnoreUnknown=1;MAC=02:00:00:00:00:01");
        stage.parse(more).members().forEach(member -> request.with(member.name(), member.value()));
        stage.add(request);
        stage.in(pod).see("link " + IF_NAME + " mac 02:00:00:00:00:0" + last);
    }
}
