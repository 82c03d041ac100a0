package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.conformance.stage.Pod;
import dev.kakehashi.conformance.stage.Role;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** SPEC section 4: what DEL must do, whatever the plugin. */
final class Detaching {
    private Detaching() {}

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        all.add(
                Scenario.spec(
                                "del-reverts",
                                "section 4, DEL",
                                "DEL removes the interface and all that ADD made on the node; what is"
                                        + " left is shared with other containers")
                        .proves(30)
                        .roles(Role.INTERFACE)
                        .step(
                                "ADD, DEL, then the links of both",
                                stage -> {
                                    stage.pod();
                                    Set<String> before = stage.node().view().links();
                                    stage.add();
                                    stage.del().silent();
                                    stage.container().miss("link " + IF_NAME);
                                    NewLinks.leftOver(stage, before);
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "del-reverts-chained",
                                "section 4, DEL",
                                "DEL of a chained plugin reverts what its ADD changed and leaves the"
                                        + " interface to the plugin before")
                        .proves(30)
                        .roles(Role.CHAINED)
                        .step(
                                "ADD, DEL, then all of the node and of the container",
                                stage -> {
                                    stage.pod();
                                    Set<String> node = stage.node().view().facts();
                                    stage.add();
                                    stage.del().silent();
                                    stage.container().see("link " + IF_NAME + " up");
                                    for (String fact : stage.node().view().facts()) {
                                        if (!node.contains(fact) && !fact.startsWith("qdisc cf")) {
                                            stage.node().miss(fact);
                                        }
                                    }
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "del-twice",
                                "section 4, DEL",
                                "DEL succeeds as often as it is called")
                        .proves(33)
                        .add()
                        .del()
                        .step("DEL again", stage -> stage.del().silent())
                        .step("DEL once more", stage -> stage.del().silent())
                        .build());
        all.add(
                Scenario.spec(
                                "del-never-added",
                                "section 4, DEL",
                                "DEL succeeds for a container that was never attached")
                        .proves(30, 33)
                        .del()
                        .build());
        all.add(
                Scenario.spec(
                                "del-without-result",
                                "section 4, DEL",
                                "DEL works without prevResult")
                        .proves(31)
                        .roles(Role.INTERFACE, Role.IPAM)
                        .step(
                                "ADD, then DEL without prevResult",
                                stage -> {
                                    stage.pod();
                                    Set<String> before = stage.node().view().links();
                                    stage.add();
                                    stage.call(
                                                    stage.request(CniCommand.DEL, stage.pod())
                                                            .withoutKey("prevResult"))
                                            .silent();
                                    NewLinks.leftOver(stage, before);
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "del-netns-gone",
                                "section 4, DEL",
                                "DEL succeeds when the container's namespace is gone, and leaves nothing"
                                        + " on the node")
                        .proves(32)
                        .upstream(
                                "plugins #1196 (host-device)",
                                "plugins #1197 (host-device)",
                                "plugins #810 (masquerade rules)")
                        .step(
                                "ADD, end the namespace, DEL",
                                stage -> {
                                    Pod pod = stage.pod();
                                    Set<String> before = stage.node().view().links();
                                    stage.add();
                                    pod.end();
                                    stage.del().silent();
                                    NewLinks.leftOver(stage, before);
                                })
                        .step("DEL again", stage -> stage.del().silent())
                        .build());
        all.add(
                Scenario.spec(
                                "del-netns-empty",
                                "section 2, Parameters: CNI_NETNS is optional for DEL",
                                "DEL succeeds without CNI_NETNS")
                        .proves(21, 32)
                        .upstream("plugins #1196 (host-device)")
                        .step(
                                "ADD, end the namespace, DEL with CNI_NETNS empty",
                                stage -> {
                                    Pod pod = stage.pod();
                                    stage.add();
                                    pod.end();
                                    stage.call(
                                                    stage.request(CniCommand.DEL, pod)
                                                            .set("CNI_NETNS", ""))
                                            .silent();
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "del-interface-gone",
                                "section 4, DEL",
                                "DEL succeeds when the interface is gone already")
                        .proves(32)
                        .roles(Role.INTERFACE, Role.CHAINED)
                        .step(
                                "ADD, remove the interface, DEL",
                                stage -> {
                                    stage.add();
                                    stage.container().remove(IF_NAME);
                                    stage.del().silent();
                                })
                        .build());
        return all;
    }
}
