package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Stage;

import java.util.ArrayList;
import java.util.List;

/** What configurations of {@code bridge} do. */
final class BridgeBehaviour {
    private static final String HEAD = "{\"bridge\": \"cfbr0\", \"ipam\": {ipam}, ";

    private BridgeBehaviour() {}

    static Scenario.Builder bridge(String id, String requirement) {
        return Scenario.plugin("bridge", id, requirement).since(CniVersion.V0_3_0);
    }

    /** ADD with more keys; gives the node's end of the pair. */
    static String addWith(Stage stage, String keys) throws Exception {
        stage.use(HEAD + keys + "}");
        return stage.hostEnd(stage.add());
    }

    /** ADD with more keys, then a fact about the node's end of the pair, as a port. */
    static void seePort(Stage stage, String what, String keys, String fact) throws Exception {
        String end = addWith(stage, keys);
        stage.node().see(what + " " + end + " " + fact);
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        links(all);
        gateways(all);
        all.addAll(BridgePortBehaviour.scenarios());
        refusals(all);
        return all;
    }

    private static void links(List<Scenario> all) {
        all.add(
                bridge("port", "the node's end of the pair is up and a port of the bridge")
                        .step(
                                "ADD",
                                stage -> {
                                    String end = stage.hostEnd(stage.add());
                                    stage.node().see("link cfbr0 kind bridge");
                                    stage.node().see("link cfbr0 up");
                                    stage.node().see("link " + end + " master cfbr0");
                                    stage.node().see("link " + end + " up");
                                })
                        .build());
        all.add(
                bridge("bridge-stays", "DEL leaves the bridge, which others use")
                        .add()
                        .del()
                        .step("the bridge", stage -> stage.node().see("link cfbr0 kind bridge"))
                        .build());
        all.add(
                bridge("mtu", "mtu is that of both ends and of a bridge that is made")
                        .step(
                                "ADD with mtu 1400",
                                stage -> {
                                    String end = addWith(stage, "\"mtu\": 1400");
                                    stage.node().see("link " + end + " mtu 1400");
                                    stage.node().see("link cfbr0 mtu 1400");
                                    stage.container().see("link " + IF_NAME + " mtu 1400");
                                })
                        .build());
        all.add(
                bridge("hairpin", "hairpinMode has the port send frames back")
                        .step(
                                "ADD with hairpinMode",
                                stage -> seePort(stage, "port", "\"hairpinMode\": true", "hairpin"))
                        .build());
        all.add(
                bridge("promiscuous", "promiscMode makes the bridge promiscuous")
                        .step(
                                "ADD with promiscMode",
                                stage -> {
                                    addWith(stage, "\"promiscMode\": true");
                                    stage.node().see("link cfbr0 promisc");
                                })
                        .build());
        all.add(
                bridge("isolation", "portIsolation isolates the port")
                        .features("bridge-port-isolation")
                        .step(
                                "ADD with portIsolation",
                                stage ->
                                        seePort(
                                                stage,
                                                "port",
                                                "\"portIsolation\": true",
                                                "isolated"))
                        .build());
        all.add(
                bridge(
                                "layer-2",
                                "without ipam the container gets a link and no address, and CHECK succeeds")
                        .step(
                                "ADD without ipam",
                                stage -> {
                                    stage.use("{\"bridge\": \"cfbr0\"}");
                                    CniResult result = stage.add();
                                    if (!result.ips().isEmpty()) {
                                        throw Mismatch.of("no addresses", result.ips().toString());
                                    }
                                    stage.container().see("link " + IF_NAME + " up");
                                })
                        .step("CHECK", BridgeBehaviour::checkLayer2)
                        .del()
                        .build());
        all.add(
                bridge(
                                "interface-down",
                                "disableContainerInterface leaves the container's link down")
                        .step(
                                "ADD with disableContainerInterface",
                                stage -> {
                                    stage.use(
                                            "{\"bridge\": \"cfbr0\", \"disableContainerInterface\":"
                                                    + " true}");
                                    stage.add();
                                    stage.container().see("link " + IF_NAME + " down");
                                })
                        .build());
        all.add(
                bridge("not-a-bridge", "a link of the bridge's name that is no bridge is an error")
                        .step(
                                "ADD",
                                stage -> {
                                    stage.node().join("cfbr0", stage.machine("a machine"), "far");
                                    stage.tryAdd().failed().mentions("cfbr0");
                                })
                        .build());
    }

    private static void checkLayer2(Stage stage) throws Exception {
        if (CniVersion.parse(stage.target().version()).atLeast(CniVersion.V0_4_0)) {
            stage.check().silent();
        }
    }

    private static void gateways(List<Scenario> all) {
        all.add(
                bridge(
                                "gateway",
                                "isGateway puts the gateway's address on the bridge and forwards"
                                        + " packets")
                        .add()
                        .step("the bridge", stage -> stage.node().see("address cfbr0 10.8.0.1/24"))
                        .step(
                                "forwarding",
                                stage -> stage.node().seeSysctl("net.ipv4.ip_forward", "1"))
                        .build());
        all.add(
                bridge(
                                "gateway-first",
                                "with isGateway and no gateway from ipam it is the first address of the"
                                        + " subnet")
                        .step(
                                "ADD with isGateway",
                                stage -> {
                                    stage.ipam().give(stage.pod(), "10.6.0.20/28");
                                    addWith(stage, "\"isGateway\": true");
                                    stage.node().see("address cfbr0 10.6.0.17/28");
                                })
                        .build());
        all.add(
                bridge(
                                "default-gateway",
                                "isDefaultGateway adds a default route by way of the bridge")
                        .step(
                                "ADD with isDefaultGateway",
                                stage -> {
                                    stage.ipam().give(stage.pod(), "10.6.0.5/24", "fd00:6::5/64");
                                    addWith(stage, "\"isDefaultGateway\": true");
                                    stage.container()
                                            .see("route default via 10.6.0.1 dev " + IF_NAME);
                                    stage.container()
                                            .see("route default via fd00:6::1 dev " + IF_NAME);
                                    stage.node().see("address cfbr0 10.6.0.1/24");
                                    stage.node().see("address cfbr0 fd00:6::1/64");
                                })
                        .build());
        all.add(
                bridge("address-conflict", "a bridge with another IPv4 address is refused")
                        .step(
                                "ADD where the bridge has 10.5.0.1/24",
                                stage -> {
                                    other(stage);
                                    stage.use(HEAD + "\"isGateway\": true}")
                                            .tryAdd()
                                            .failed()
                                            .mentions("cfbr0");
                                })
                        .build());
        all.add(
                bridge("address-forced", "forceAddress replaces the address of the bridge")
                        .step(
                                "ADD with forceAddress where the bridge has 10.5.0.1/24",
                                stage -> {
                                    other(stage);
                                    addWith(stage, "\"isGateway\": true, \"forceAddress\": true");
                                    stage.node().see("address cfbr0 10.8.0.1/24");
                                    stage.node().miss("address cfbr0 10.5.0.1/24");
                                })
                        .build());
        all.add(
                bridge("dns", "dns of the configuration takes the place of ipam's")
                        .step(
                                "ADD with dns",
                                stage -> {
                                    stage.use(
                                            HEAD + "\"dns\": {\"nameservers\": [\"192.0.2.53\"]}}");
                                    CniResult result = stage.add();
                                    if (!result.dns().nameservers().equals(List.of("192.0.2.53"))) {
                                        throw Mismatch.of(
                                                "nameserver 192.0.2.53", result.dns().toString());
                                    }
                                })
                        .build());
    }

    /** Makes the bridge with an address of its own, and a container on it. */
    private static void other(Stage stage) throws Exception {
        stage.use("{\"bridge\": \"cfbr0\"}");
        stage.add(stage.pod("two"));
        stage.node().address("cfbr0", "10.5.0.1/24");
    }

    private static void refusals(List<Scenario> all) {
        all.add(
                bridge("refusals", "configurations that contradict themselves are refused")
                        .refused(
                                "hairpinMode and promiscMode",
                                HEAD + "\"hairpinMode\": true, \"promiscMode\": true}",
                                "hairpin mode and promiscuous mode")
                        .refused("vlan 5000", HEAD + "\"vlan\": 5000}", "invalid VLAN ID 5000")
                        .refused(
                                "vlanTrunk from 20 to 10",
                                HEAD + "\"vlanTrunk\": [{\"minID\": 20, \"maxID\":" + " 10}]}",
                                "minID is greater than maxID")
                        .refused(
                                "vlanTrunk without maxID",
                                HEAD + "\"vlanTrunk\": [{\"minID\": 20}]}",
                                "maxID is missing")
                        .refused(
                                "ipam and disableContainerInterface",
                                HEAD + "\"disableContainerInterface\": true}",
                                "cannot use IPAM")
                        .refused(
                                "an unknown ipMasqBackend",
                                HEAD + "\"ipMasq\": true, \"ipMasqBackend\":" + " \"ipfw\"}",
                                "ipfw")
                        .build());
    }
}
