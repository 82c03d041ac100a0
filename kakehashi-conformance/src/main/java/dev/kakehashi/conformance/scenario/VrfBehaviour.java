package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import java.util.ArrayList;
import java.util.List;

/** What configurations of {@code vrf} do. */
final class VrfBehaviour {
    private VrfBehaviour() {}

    private static Scenario.Builder of(String id, String requirement) {
        return ChainedBehaviour.of("vrf", id, requirement);
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        all.add(
                of("port", "the interface is a port of the VRF, its routes in the VRF's table")
                        .step(
                                "ADD with table 77",
                                stage -> {
                                    stage.use("{\"vrfname\": \"red\", \"table\": 77}");
                                    stage.add();
                                    stage.container().see("link red kind vrf");
                                    stage.container().see("link red table 77");
                                    stage.container().see("link " + IF_NAME + " master red");
                                    stage.container()
                                            .see(
                                                    "route default via 10.9.1.1 dev "
                                                            + IF_NAME
                                                            + " table 77");
                                    stage.check().silent();
                                })
                        .del()
                        .step("the container", stage -> stage.container().miss("link red"))
                        .build());
        all.add(
                of("shared", "the VRF stays as long as it has a port")
                        .step(
                                "ADD of eth0 and eth1, DEL of eth0, DEL of eth1",
                                stage -> {
                                    stage.attachBefore(stage.pod(), "eth1", 9);
                                    stage.add();
                                    stage.add(stage.pod(), "eth1");
                                    stage.del().silent();
                                    stage.container().see("link eth1 master red");
                                    stage.del(stage.pod(), "eth1").silent();
                                    stage.container().miss("link red");
                                })
                        .build());
        all.add(
                of("refusals", "no name, another table, and an interface with a master are refused")
                        .refused("no vrfname", "{}")
                        .step(
                                "ADD in table 77, then in table 78",
                                stage -> {
                                    stage.attachBefore(stage.pod(), "eth1", 9);
                                    stage.use("{\"vrfname\": \"red\", \"table\": 77}");
                                    stage.add();
                                    stage.use("{\"vrfname\": \"red\", \"table\": 78}");
                                    stage.tryAdd(stage.pod(), "eth1").failed();
                                })
                        .build());
        return all;
    }
}
