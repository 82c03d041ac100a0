package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.scenario.Profiles.MASTER;
import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.conformance.stage.Mismatch;

import java.util.ArrayList;
import java.util.List;

/** What configurations of {@code macvlan}, {@code ipvlan}, {@code vlan} and {@code dummy} do. */
final class LinkBehaviour {
    private LinkBehaviour() {}

    static Scenario.Builder device(String type, String id, String requirement) {
        return Scenario.plugin(type, id, requirement).since(CniVersion.V0_3_0);
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        onMaster(all);
        macvlan(all);
        all.add(
                device("vlan", "id", "the interface is in the VLAN vlanId of the master")
                        .shows(
                                "ADD",
                                "{\"master\": \"uplink\", \"vlanId\": 7, \"ipam\":" + " {ipam}}",
                                "id 7")
                        .build());
        all.add(
                device("vlan", "refusals", "invalid VLAN ids and a missing master are refused")
                        .refused(
                                "vlanId 5000",
                                "{\"master\": \"uplink\", \"vlanId\": 5000," + " \"ipam\": {ipam}}",
                                "invalid VLAN ID 5000")
                        .refused("no master", "{\"vlanId\": 5, \"ipam\": {ipam}}", "master")
                        .build());
        all.add(
                device("ipvlan", "mode", "mode is l2, l3 or l3s, and l2 if none is given")
                        .shows("ADD", "{\"master\": \"uplink\", \"ipam\": {ipam}}", "mode l2")
                        .del()
                        .shows(
                                "ADD with l3",
                                "{\"master\": \"uplink\", \"mode\": \"l3\"," + " \"ipam\": {ipam}}",
                                "mode l3")
                        .build());
        all.addAll(DeviceBehaviour.scenarios());
        all.add(
                device("dummy", "kind", "the interface is a dummy")
                        .shows("ADD", "{\"ipam\": {ipam}}", "kind dummy")
                        .build());
        all.add(
                device("dummy", "no-ipam", "without ipam it is refused")
                        .refused("ADD", "{}", "IPAM")
                        .build());
        return all;
    }

    private static void onMaster(List<Scenario> all) {
        for (String type : List.of("macvlan", "ipvlan", "vlan")) {
            String head = "{\"master\": \"uplink\", \"vlanId\": 5, \"ipam\": {ipam}, ";
            all.add(
                    device(type, "mtu", "mtu is the interface's")
                            .shows("ADD with mtu 1400", head + "\"mtu\": 1400}", "mtu 1400")
                            .del()
                            .build());
            all.add(
                    device(type, "master-missing", "a master that does not exist is an error")
                            .step(
                                    "ADD",
                                    stage -> {
                                        stage.use(
                                                "{\"master\": \"nolink\", \"vlanId\": 5, \"ipam\":"
                                                        + " {ipam}}");
                                        stage.tryAdd().failed();
                                        stage.container().miss("link " + IF_NAME);
                                    })
                            .build());
            all.add(
                    device(
                                    type,
                                    "master-gone",
                                    "DEL succeeds, and gives the address back, when the master is"
                                            + " gone")
                            .upstream("plugins #953", "plugins #830")
                            .step(
                                    "ADD, remove the master, DEL",
                                    stage -> {
                                        stage.add();
                                        stage.node().remove(MASTER);
                                        stage.del().silent();
                                        if (stage.ipam().holds(stage.pod(), IF_NAME)) {
                                            throw Mismatch.of(
                                                    "DEL of the address plugin",
                                                    stage.ipam().calls().toString());
                                        }
                                    })
                            .build());
            all.add(
                    device(
                                    type,
                                    "in-container",
                                    "linkInContainer takes the master from the container")
                            .step(
                                    "ADD with linkInContainer",
                                    stage -> {
                                        stage.container()
                                                .join("inner", stage.machine("a machine"), "far");
                                        stage.use(
                                                "{\"master\": \"inner\", \"linkInContainer\": true,"
                                                        + " \"vlanId\": 5, \"ipam\": {ipam}}");
                                        stage.add();
                                        stage.container().see("link " + IF_NAME + " kind " + type);
                                    })
                            .del()
                            .step(
                                    "the container",
                                    stage -> stage.container().miss("link " + IF_NAME))
                            .build());
        }
        // The kernel lets an ipvlan have any (ipvlan_link_new), and so does the reference plugin.
        for (String type : List.of("macvlan", "vlan")) {
            String head = "{\"master\": \"uplink\", \"vlanId\": 5, \"ipam\": {ipam}, ";
            all.add(
                    device(
                                    type,
                                    "mtu-refused",
                                    "a negative mtu, and more than the master's, is refused")
                            .refused("ADD with mtu 9000", head + "\"mtu\": 9000}", "9000")
                            .refused("ADD with mtu -1", head + "\"mtu\": -1}", "-1")
                            .build());
        }
        for (String type : List.of("macvlan", "ipvlan")) {
            all.add(
                    device(
                                    type,
                                    "master-default",
                                    "without master it is the link of the default route")
                            .step(
                                    "ADD without master",
                                    stage -> {
                                        stage.node().address(MASTER, "192.0.2.1/24");
                                        stage.node().route("0.0.0.0/0", "192.0.2.2", MASTER);
                                        stage.use("{\"ipam\": {ipam}}");
                                        stage.add();
                                        stage.container().see("link " + IF_NAME + " kind " + type);
                                    })
                            .build());
            all.add(
                    device(type, "mode-unknown", "an unknown mode is refused")
                            .refused(
                                    "ADD with mode sideways",
                                    "{\"master\": \"uplink\", \"mode\":"
                                            + " \"sideways\", \"ipam\": {ipam}}",
                                    "sideways")
                            .build());
        }
    }

    private static void macvlan(List<Scenario> all) {
        for (String mode : List.of("bridge", "private", "vepa", "passthru")) {
            all.add(
                    device("macvlan", "mode-" + mode, "mode " + mode + " is the interface's")
                            .shows(
                                    "ADD",
                                    "{\"master\": \"uplink\", \"mode\": \""
                                            + mode
                                            + "\", \"ipam\": {ipam}}",
                                    "mode " + mode)
                            .build());
        }
        all.add(
                device("macvlan", "mode-default", "without mode it is bridge")
                        .shows("ADD", "{\"master\": \"uplink\", \"ipam\": {ipam}}", "mode bridge")
                        .build());
        all.add(
                device(
                                "macvlan",
                                "layer-2",
                                "without ipam the container gets a link and no address")
                        .shows("ADD", "{\"master\": \"uplink\"}", "up")
                        .del()
                        .build());
        all.add(
                device(
                                "macvlan",
                                "mac",
                                "the MAC address comes from runtimeConfig, else CNI_ARGS, else mac")
                        .shows(
                                "ADD with mac",
                                "{\"master\": \"uplink\", \"mac\":"
                                        + " \"02:00:00:00:00:05\", \"ipam\": {ipam}}",
                                "mac 02:00:00:00:00:05")
                        .del()
                        .shows(
                                "ADD with runtimeConfig.mac too",
                                "{\"master\": \"uplink\", \"mac\":"
                                        + " \"02:00:00:00:00:05\", \"runtimeConfig\":"
                                        + " {\"mac\": \"02:00:00:00:00:06\"}, \"ipam\":"
                                        + " {ipam}}",
                                "mac 02:00:00:00:00:06")
                        .build());
    }
}
