package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.conformance.stage.Mismatch;
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
                                    defaultRoute(stage, "10.9.1.1", 100);
                                    stage.container()
                                            .see("route 10.9.1.0/24 dev " + IF_NAME + " table 100");
                                })
                        .del()
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
                        .proves(36)
                        .add()
                        .step("remove the rule", stage -> removeRule(stage))
                        .checkFails()
                        .build());
        further(all);
        return all;
    }

    private static void further(List<Scenario> all) {
        all.add(
                of(
                                "moved",
                                "the routes of the interface leave the main table, those of others stay")
                        .step(
                                "ADD for eth0 beside eth1",
                                stage -> {
                                    stage.attachBefore(stage.pod(), "eth1", 9);
                                    List<String> other = routesOf(stage, "eth1");
                                    stage.add();
                                    for (String route : routesOf(stage, IF_NAME)) {
                                        if (!route.contains(" table ")) {
                                            throw Mismatch.of(
                                                    "no route of " + IF_NAME + " in the main table",
                                                    route);
                                        }
                                    }
                                    if (!routesOf(stage, "eth1").equals(other)) {
                                        throw Mismatch.of(
                                                other.toString(),
                                                routesOf(stage, "eth1").toString());
                                    }
                                })
                        .build());
        all.add(
                of("dual-stack", "each address has a rule, and a table with its family's router")
                        .step(
                                "ADD of an interface with IPv4 and IPv6",
                                stage -> {
                                    stage.pod();
                                    stage.attachIpv6Before(stage.pod(), IF_NAME, 1);
                                    stage.add();
                                    stage.container().see("rule from 10.9.1.2/32 lookup 100");
                                    stage.container().see("rule from fd00:9:1::2/128 lookup 101");
                                    defaultRoute(stage, "10.9.1.1", 100);
                                    defaultRoute(stage, "fd00:9:1::1", 101);
                                })
                        .check()
                        .del()
                        .step(
                                "the container",
                                stage -> {
                                    stage.container().miss("rule from 10.9.1.2/32");
                                    stage.container().miss("rule from fd00:9:1::2/128");
                                })
                        .build());
        all.add(
                of("gateways", "gateways are the routers of the default routes")
                        .upstream("plugins #1217")
                        .step(
                                "ADD with gateways of both families",
                                stage -> {
                                    stage.pod();
                                    stage.attachIpv6Before(stage.pod(), IF_NAME, 1);
                                    stage.use("{\"gateways\": [\"10.9.1.9\", \"fd00:9:1::9\"]}");
                                    stage.add();
                                    defaultRoute(stage, "10.9.1.9", 100);
                                    defaultRoute(stage, "fd00:9:1::9", 101);
                                })
                        .check()
                        .build());
        all.add(
                of(
                                "gateways-refused",
                                "more than one gateway of a family, and what is none, is refused")
                        .upstream("plugins #1217")
                        .refused(
                                "two of IPv4",
                                gateways("\"10.9.1.8\", \"10.9.1.9\""),
                                "contains multiple IPv4 addresses")
                        .refused(
                                "three",
                                gateways("\"10.9.1.8\", \"10.9.1.9\", \"fd00::1\""),
                                "gateways list")
                        .refused(
                                "a word",
                                gateways("\"router\""),
                                "invalid static gateway IP address")
                        .build());
        all.add(
                of(
                                "source-hints",
                                "addSourceHints leaves the subnet's route, with the address as source")
                        .upstream("plugins #1217")
                        .step(
                                "ADD with addSourceHints",
                                stage -> {
                                    stage.use("{\"addSourceHints\": true}");
                                    stage.add();
                                    stage.container()
                                            .see(
                                                    "route 10.9.1.0/24 dev "
                                                            + IF_NAME
                                                            + " src 10.9.1.2");
                                    stage.container()
                                            .see("route 10.9.1.0/24 dev " + IF_NAME + " table 100");
                                })
                        .check()
                        .build());
    }

    private static String gateways(String list) {
        return "{\"gateways\": [" + list + "]}";
    }

    private static void defaultRoute(Stage stage, String gateway, int table) throws Exception {
        stage.container()
                .see("route default via " + gateway + " dev " + IF_NAME + " table " + table);
    }

    private static List<String> routesOf(Stage stage, String link) throws Exception {
        return stage.container().view().like("route ").stream()
                .filter(route -> (route + " ").contains(" dev " + link + " "))
                .toList();
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
