package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.scenario.LinkBehaviour.device;
import static dev.kakehashi.conformance.scenario.Profiles.MASTER;
import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.linux.rtnetlink.LinkSpec;

import java.util.ArrayList;
import java.util.List;

/** What configurations of {@code host-device} and {@code tap} do. */
final class DeviceBehaviour {
    private DeviceBehaviour() {}

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        hostDevice(all);
        tap(all);
        return all;
    }

    private static void hostDevice(List<Scenario> all) {
        all.add(
                device(
                                "host-device",
                                "moved",
                                "ADD moves the device into the container, DEL brings it back")
                        .add()
                        .step("the node", stage -> stage.node().miss("link " + MASTER))
                        .step(
                                "the container",
                                stage -> stage.container().see("link " + IF_NAME + " up"))
                        .del()
                        .step("the node again", stage -> stage.node().see("link " + MASTER))
                        .step(
                                "the container again",
                                stage -> stage.container().miss("link " + IF_NAME))
                        .build());
        all.add(
                device(
                                "host-device",
                                "no-alias",
                                "the device that comes back has no alias left on it")
                        .add()
                        .del()
                        .step("the node", stage -> stage.node().miss("link " + MASTER + " alias"))
                        .build());
        all.add(
                device("host-device", "by-mac", "hwaddr finds the device by its MAC address")
                        .step(
                                "ADD with hwaddr",
                                stage -> {
                                    String mac =
                                            stage.node()
                                                    .theLink(MASTER)
                                                    .mac()
                                                    .map(Object::toString)
                                                    .orElse("");
                                    stage.use("{\"hwaddr\": \"" + mac + "\"}").add();
                                    stage.container().see("link " + IF_NAME + " mac " + mac);
                                })
                        .build());
        all.add(
                device(
                                "host-device",
                                "layer-2",
                                "without ipam the result has the interface and no address")
                        .shows("ADD", "{\"device\": \"uplink\"}", "up")
                        .del()
                        .build());
        all.add(
                device(
                                "host-device",
                                "name-taken",
                                "the device stays on the node when CNI_IFNAME is taken")
                        .step(
                                "ADD where the container has an interface of that name",
                                stage -> {
                                    stage.container()
                                            .join(IF_NAME, stage.machine("a machine"), "far");
                                    stage.tryAdd().failed();
                                    stage.node().see("link " + MASTER);
                                })
                        .build());
        all.add(
                device(
                                "host-device",
                                "name-clash-back",
                                "when the device's name is taken on the node, DEL fails and can be"
                                        + " called again")
                        .step(
                                "ADD, another link of that name, DEL",
                                stage -> {
                                    stage.add();
                                    stage.node().join(MASTER, stage.machine("more"), "far");
                                    stage.del().failed();
                                    stage.container().see("link " + IF_NAME);
                                })
                        .step(
                                "remove the other link, DEL",
                                stage -> {
                                    stage.node().remove(MASTER);
                                    stage.del().silent();
                                    stage.node().see("link " + MASTER);
                                })
                        .build());
        all.add(
                device(
                                "host-device",
                                "none-named",
                                "a configuration that names no device is refused")
                        .refused("ADD", "{}", "device")
                        .build());
    }

    private static void tap(List<Scenario> all) {
        all.add(
                device("tap", "kind", "the interface is a persistent tap")
                        .shows("ADD", "{\"ipam\": {ipam}}", "mode tap")
                        .build());
        all.add(
                device("tap", "mtu-mac", "mtu and mac are the interface's")
                        .shows(
                                "ADD with mtu and mac",
                                "{\"mtu\": 1400, \"mac\": \"02:00:00:00:00:07\"}",
                                "mtu 1400")
                        .step(
                                "the MAC address",
                                stage ->
                                        stage.container()
                                                .see("link " + IF_NAME + " mac 02:00:00:00:00:07"))
                        .build());
        all.add(
                device(
                                "tap",
                                "owner",
                                "owner and group may open it, and its MAC address is still the"
                                        + " wanted")
                        .step(
                                "ADD with owner, group and mac",
                                stage -> {
                                    stage.use(
                                                    "{\"owner\": 1000, \"group\": 1001, \"mac\":"
                                                            + " \"02:00:00:00:00:07\"}")
                                            .add();
                                    stage.container().see("link " + IF_NAME + " owner 1000");
                                    stage.container().see("link " + IF_NAME + " group 1001");
                                    stage.container()
                                            .see("link " + IF_NAME + " mac 02:00:00:00:00:07");
                                })
                        .build());
        all.add(
                device("tap", "multiqueue", "multiQueue makes a tap of several queues")
                        .shows("ADD", "{\"multiQueue\": true}", "multi_queue")
                        .build());
        all.add(
                device("tap", "port", "bridge makes it a port of a bridge in the container")
                        .features("bridge")
                        .step(
                                "ADD with bridge",
                                stage -> {
                                    stage.container()
                                            .make(
                                                    LinkSpec.builder(
                                                                    "inner",
                                                                    dev.kakehashi.linux.rtnetlink
                                                                            .Bridge.plain())
                                                            .up(true)
                                                            .build());
                                    stage.use("{\"bridge\": \"inner\"}").add();
                                    stage.container().see("link " + IF_NAME + " master inner");
                                })
                        .build());
        all.add(
                device("tap", "listed", "the result lists the tap with the container's namespace")
                        .step(
                                "ADD",
                                stage -> {
                                    List<CniInterface> listed = stage.add().interfaces();
                                    if (listed.size() != 1
                                            || !listed.getFirst().name().equals(IF_NAME)) {
                                        throw Mismatch.of(
                                                "one interface " + IF_NAME, listed.toString());
                                    }
                                })
                        .build());
    }
}
