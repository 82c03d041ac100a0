package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.conformance.stage.Role;
import dev.kakehashi.conformance.stage.Stage;

import java.util.ArrayList;
import java.util.List;

/** SPEC sections 4 and 5 with IPv6 addresses, and with routes of every kind. */
final class DualStack {
    private static final String IPV4 = "{\"address\": \"10.8.0.2/24\", \"gateway\": \"10.8.0.1\"}";
    private static final String IPV6 =
            "{\"address\": \"fd00:8::2/64\", \"gateway\": \"fd00:8::1\"}";
    private static final String BOTH =
            "{\"ips\": ["
                    + IPV4
                    + ", "
                    + IPV6
                    + "], \"routes\": [{\"dst\": \"0.0.0.0/0\"}, {\"dst\": \"::/0\"}]}";

    private DualStack() {}

    private static Scenario.Builder spec(String id, String section, String requirement) {
        return Scenario.spec(id, section, requirement)
                .roles(Role.INTERFACE)
                .delegating()
                .since(CniVersion.V0_4_0);
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        lives(all);
        missing(all);
        routes(all);
        return all;
    }

    private static void lives(List<Scenario> all) {
        all.add(
                spec(
                                "dual-stack",
                                "section 4, ADD, CHECK and DEL",
                                "an attachment of an IPv4 and an IPv6 address has both, with a default"
                                        + " route each, and DEL gives them back")
                        .proves(26, 35, 69)
                        .step("ADD", stage -> given(stage, BOTH))
                        .step(
                                "the container",
                                stage -> {
                                    stage.container().see("address " + IF_NAME + " 10.8.0.2/24");
                                    stage.container().see("address " + IF_NAME + " fd00:8::2/64");
                                    defaultRoute(stage, "10.8.0.1");
                                    defaultRoute(stage, "fd00:8::1");
                                })
                        .check()
                        .step("DEL", DualStack::detached)
                        .build());
        all.add(
                spec(
                                "ipv6-only",
                                "section 4, ADD, CHECK and DEL",
                                "an attachment of an IPv6 address alone has it and a default route, and"
                                        + " DEL gives it back")
                        .proves(26, 35, 69)
                        .step(
                                "ADD",
                                stage ->
                                        given(
                                                stage,
                                                "{\"ips\": ["
                                                        + IPV6
                                                        + "], \"routes\": [{\"dst\": \"::/0\"}]}"))
                        .step(
                                "the container",
                                stage -> {
                                    stage.container().see("address " + IF_NAME + " fd00:8::2/64");
                                    stage.container().miss("route default via 10.8.0.1");
                                    defaultRoute(stage, "fd00:8::1");
                                })
                        .check()
                        .step("DEL", DualStack::detached)
                        .build());
    }

    private static void missing(List<Scenario> all) {
        all.add(
                spec(
                                "check-ipv6-address-gone",
                                "section 4, CHECK",
                                "CHECK fails when of an IPv4 and an IPv6 address the IPv6 one is missing")
                        .proves(35)
                        .step("ADD", stage -> given(stage, BOTH))
                        .step(
                                "remove the IPv6 address",
                                stage -> stage.container().removeAddress(IF_NAME, "fd00:8::2/64"))
                        .checkFails()
                        .build());
        all.add(
                spec(
                                "check-ipv6-route-gone",
                                "section 4, CHECK",
                                "CHECK fails when of an IPv4 and an IPv6 default route the IPv6 one is"
                                        + " missing")
                        .proves(35)
                        .step("ADD", stage -> given(stage, BOTH))
                        .step(
                                "remove the IPv6 default route",
                                stage ->
                                        stage.container().removeRoute("::/0", "fd00:8::1", IF_NAME))
                        .checkFails()
                        .build());
    }

    private static void routes(List<Scenario> all) {
        all.add(
                spec(
                                "routes",
                                "section 5, ADD Success: routes",
                                "routes of the address plugin are in the container: by their own"
                                        + " gateway, and without one by the address's")
                        .proves(26, 69)
                        .step(
                                "ADD",
                                stage ->
                                        given(
                                                stage,
                                                "{\"ips\": ["
                                                        + IPV4
                                                        + ", "
                                                        + IPV6
                                                        + "], \"routes\": [{\"dst\": \"198.51.100.0/24\","
                                                        + " \"gw\": \"10.8.0.9\"}, {\"dst\":"
                                                        + " \"203.0.113.0/24\"}, {\"dst\":"
                                                        + " \"2001:db8:5::/48\", \"gw\": \"fd00:8::9\"},"
                                                        + " {\"dst\": \"2001:db8:6::/48\"}]}"))
                        .step(
                                "the container",
                                stage -> {
                                    route(stage, "198.51.100.0/24 via 10.8.0.9");
                                    route(stage, "203.0.113.0/24 via 10.8.0.1");
                                    route(stage, "2001:db8:5::/48 via fd00:8::9");
                                    route(stage, "2001:db8:6::/48 via fd00:8::1");
                                })
                        .check()
                        .build());
        all.add(
                field(
                        "priority",
                        "\"priority\": 77",
                        "198.51.100.0/24 via 10.8.0.1 dev " + IF_NAME + " metric 77"));
        all.add(
                field(
                        "table",
                        "\"table\": 4242",
                        "198.51.100.0/24 via 10.8.0.1 dev " + IF_NAME + " table 4242"));
        all.add(
                field(
                        "mtu",
                        "\"mtu\": 1300, \"advmss\": 1200",
                        "198.51.100.0/24 via 10.8.0.1 dev " + IF_NAME + " mtu 1300 advmss 1200"));
    }

    /** A route of one field more than destination and gateway. */
    private static Scenario field(String name, String keys, String fact) {
        return Scenario.spec(
                        "route-" + name,
                        "section 5, ADD Success: routes",
                        "a route of the address plugin has the "
                                + (name.equals("mtu") ? "mtu and advmss" : name)
                                + " that the result says")
                .roles(Role.INTERFACE)
                .delegating()
                .since(CniVersion.V1_1_0)
                .proves(68)
                .step(
                        "ADD",
                        stage ->
                                given(
                                        stage,
                                        "{\"ips\": ["
                                                + IPV4
                                                + "], \"routes\": [{\"dst\": \"198.51.100.0/24\", \"gw\":"
                                                + " \"10.8.0.1\", "
                                                + keys
                                                + "}]}"))
                .step("the container", stage -> stage.container().see("route " + fact))
                .check()
                .build();
    }

    private static void given(Stage stage, String result) throws Exception {
        stage.ipam().giveResult(stage.pod(), result);
        stage.add();
    }

    private static void route(Stage stage, String words) throws Exception {
        stage.container().see("route " + words + " dev " + IF_NAME);
    }

    private static void defaultRoute(Stage stage, String gateway) throws Exception {
        route(stage, "default via " + gateway);
    }

    private static void detached(Stage stage) throws Exception {
        stage.del().silent();
        stage.container().miss("link " + IF_NAME);
        Delegation.released(stage, stage.pod());
    }
}
