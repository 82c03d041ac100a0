package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.conformance.stage.Stage;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Rules;

import java.util.ArrayList;
import java.util.List;

/** What configurations of {@code sbr} do. */
final class SbrBehaviour {
    private SbrBehaviour() {}

    private static Scenario.Builder of(String id, String requirement) {
        return ChainedBehaviour.of("sbr", id, requirement);
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        all.add(
                of("rule", "a rule sends what comes from the address to a table of its own")
                        .step(
                                "ADD",
                                stage -> {
                                    stage.add();
                                    stage.container().see("rule from 10.9.1.2/32 lookup 100");
                                    stage.container()
                                            .see(
                                                    "route default via 10.9.1.1 dev "
                                                            + IF_NAME
                                                            + " table 100");
                                    stage.container()
                                            .see("route 10.9.1.0/24 dev " + IF_NAME + " table 100");
                                })
                        .step("DEL", stage -> stage.del().silent())
                        .step(
                                "the container",
                                stage -> stage.container().miss("rule from 10.9.1.2/32"))
                        .build());
        all.add(
                of("table", "table names the table; only the rule is made")
                        .step(
                                "ADD with table 4711",
                                stage -> {
                                    stage.use("{\"table\": 4711}");
                                    stage.add();
                                    stage.container().see("rule from 10.9.1.2/32 lookup 4711");
                                })
                        .build());
        all.add(
                of("two-interfaces", "each interface has a table of its own")
                        .step(
                                "ADD of eth0 and eth1",
                                stage -> {
                                    stage.attachBefore(stage.pod(), "eth1", 9);
                                    stage.add();
                                    stage.add(stage.pod(), "eth1");
                                    stage.container().see("rule from 10.9.1.2/32 lookup 100");
                                    stage.container().see("rule from 10.9.9.2/32 lookup 101");
                                })
                        .build());
        all.add(
                of("check", "CHECK fails when the rule is missing")
                        .step("ADD", Stage::add)
                        .step("remove the rule", stage -> removeRule(stage))
                        .step("CHECK", stage -> stage.check().failed())
                        .build());
        return all;
    }

    private static void removeRule(Stage stage) throws Exception {
        try (var netlink = RtNetlink.open(stage.pod().netns())) {
            for (var rule : netlink.rules()) {
                if (rule.from().isPresent()) {
                    netlink.execute(Rules.delete(rule));
                }
            }
        }
    }
}
