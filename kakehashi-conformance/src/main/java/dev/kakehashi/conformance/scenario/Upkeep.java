package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.scenario.NewLinks.leftOver;
import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.conformance.stage.Answer;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Pod;
import dev.kakehashi.conformance.stage.Request;
import dev.kakehashi.conformance.stage.Role;
import dev.kakehashi.conformance.stage.Stage;
import dev.kakehashi.linux.IpAddresses;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * SPEC section 4: CHECK, STATUS and GC, and several attachments beside each other, whatever the
 * plugin.
 */
final class Upkeep {
    /** Of the interface that a chained plugin finds as its second. */
    private static final int SECOND_SUBNET = 9;

    private Upkeep() {}

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        check(all);
        statusAndGc(all);
        several(all);
        return all;
    }

    private static void check(List<Scenario> all) {
        all.add(
                Scenario.spec(
                                "check-silent",
                                "section 4, CHECK",
                                "CHECK succeeds silently right after ADD, as often as it is called")
                        .proves(37, 38)
                        .since(CniVersion.V0_4_0)
                        .add()
                        .check()
                        .step("CHECK again", stage -> stage.check().silent())
                        .build());
        all.add(
                Scenario.spec("check-changes-nothing", "section 4, CHECK", "CHECK changes nothing")
                        .proves(37)
                        .since(CniVersion.V0_4_0)
                        .step(
                                "ADD, CHECK, then the node and the container as before",
                                stage -> {
                                    stage.add();
                                    unchanged(stage, stage.request(CniCommand.CHECK, stage.pod()))
                                            .silent();
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "check-link-gone",
                                "section 4, CHECK",
                                "CHECK fails when an interface that it made is missing")
                        .proves(35)
                        .roles(Role.INTERFACE)
                        .since(CniVersion.V0_4_0)
                        .add()
                        .step("remove the interface", stage -> stage.container().remove(IF_NAME))
                        .checkFails()
                        .build());
        all.add(
                Scenario.spec(
                                "check-address-gone",
                                "section 4, CHECK",
                                "CHECK fails when an address of the result is missing")
                        .proves(35)
                        .roles(Role.INTERFACE)
                        .since(CniVersion.V0_4_0)
                        .step(
                                "ADD, remove the address, CHECK",
                                stage -> {
                                    for (CniIp ip : stage.add().ips()) {
                                        stage.container()
                                                .removeAddress(IF_NAME, ip.address().toString());
                                    }
                                    stage.check().failed();
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "check-route-gone",
                                "section 4, CHECK",
                                "CHECK fails when a route of the result is missing")
                        .proves(35)
                        .roles(Role.INTERFACE)
                        .delegating()
                        .since(CniVersion.V0_4_0)
                        .step(
                                "ADD, remove the default route, CHECK",
                                stage -> {
                                    stage.add();
                                    stage.container().removeRoute("0.0.0.0/0", "10.8.0.1", IF_NAME);
                                    stage.check().failed();
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "check-extra",
                                "section 4, CHECK",
                                "CHECK tolerates what was added by others")
                        .proves(34)
                        .roles(Role.INTERFACE)
                        .since(CniVersion.V0_4_0)
                        .step(
                                "ADD, another address and route, CHECK",
                                stage -> {
                                    stage.add();
                                    stage.container().address(IF_NAME, "192.0.2.77/24");
                                    stage.container()
                                            .route("198.51.100.0/24", "192.0.2.1", IF_NAME);
                                    stage.check().silent();
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "check-routes-moved",
                                "section 4, CHECK: changes by later plugins of the chain, e.g."
                                        + " routes",
                                "CHECK succeeds when a later plugin has moved the routes into another"
                                        + " table, as sbr does")
                        .proves(34)
                        .roles(Role.INTERFACE)
                        .delegating()
                        .features("policy-routing")
                        .since(CniVersion.V0_4_0)
                        .step(
                                "ADD, routes by source, CHECK",
                                stage -> {
                                    CniResult result = stage.add();
                                    String address =
                                            IpAddresses.format(
                                                    result.ips().getFirst().address().address());
                                    stage.container().routeBySource(IF_NAME, address + "/32", 100);
                                    stage.check().silent();
                                })
                        .del()
                        .build());
        all.add(
                Scenario.spec(
                                "check-no-result",
                                "section 4, CHECK: prevResult is required",
                                "CHECK fails without prevResult")
                        .proves(34)
                        .roles(Role.INTERFACE)
                        .since(CniVersion.V0_4_0)
                        .step(
                                "ADD, then CHECK without prevResult",
                                stage -> {
                                    stage.add();
                                    stage.call(
                                                    stage.request(CniCommand.CHECK, stage.pod())
                                                            .withoutKey("prevResult"))
                                            .failed();
                                })
                        .build());
    }

    /** A call that changes neither the node nor the container, whatever its answer. */
    static Answer unchanged(Stage stage, Request request) throws Exception {
        Set<String> node = stage.node().view().facts();
        Set<String> inside = stage.container().view().facts();
        Answer answer = stage.call(request);
        same(node, stage.node().view().facts());
        same(inside, stage.container().view().facts());
        return answer;
    }

    private static void same(Set<String> before, Set<String> after) throws Mismatch {
        Set<String> gone = new TreeSet<>(before);
        gone.removeAll(after);
        Set<String> come = new TreeSet<>(after);
        come.removeAll(before);
        if (!gone.isEmpty() || !come.isEmpty()) {
            throw Mismatch.of("no change", "gone: " + gone + ", new: " + come);
        }
    }

    private static void statusAndGc(List<Scenario> all) {
        all.add(
                Scenario.spec(
                                "status-ready",
                                "section 4, STATUS",
                                "STATUS succeeds silently when ADD would, before any ADD and after")
                        .proves(40)
                        .since(CniVersion.V1_1_0)
                        .step("STATUS", stage -> stage.status().silent())
                        .add()
                        .del()
                        .step("STATUS again", stage -> stage.status().silent())
                        .build());
        all.add(
                Scenario.spec(
                                "gc-valid-kept",
                                "section 4, GC",
                                "GC succeeds silently and leaves valid attachments as they are")
                        .proves(45, 48)
                        .since(CniVersion.V1_1_0)
                        .step(
                                "ADD, GC with the attachment valid",
                                stage -> {
                                    stage.add();
                                    Set<String> node = stage.node().view().facts();
                                    Set<String> inside = stage.container().view().facts();
                                    stage.gc(stage.pod()).silent();
                                    same(node, stage.node().view().facts());
                                    same(inside, stage.container().view().facts());
                                })
                        .check()
                        .build());
        all.add(
                Scenario.spec(
                                "gc-stale",
                                "section 4, GC",
                                "GC without any valid attachment removes what is left of a"
                                        + " container whose namespace is gone; DEL still succeeds")
                        .proves(46)
                        .since(CniVersion.V1_1_0)
                        .upstream("plugins #1013", "plugins #1047 (host-local)")
                        .step(
                                "ADD, end the namespace, GC",
                                stage -> {
                                    Pod pod = stage.pod();
                                    Set<String> before = stage.node().view().links();
                                    stage.add();
                                    pod.end();
                                    stage.gc().silent();
                                    leftOver(stage, before);
                                })
                        .del()
                        .build());
    }

    private static void several(List<Scenario> all) {
        all.add(
                Scenario.spec(
                                "two-containers",
                                "section 3, Lifecycle & Ordering",
                                "two containers are attached side by side; DEL of one leaves the"
                                        + " other")
                        .proves(30)
                        .roles(Role.INTERFACE, Role.CHAINED)
                        .since(CniVersion.V0_4_0)
                        .step(
                                "ADD, ADD, DEL of the first, CHECK of the second",
                                Upkeep::twoContainers)
                        .build());
        all.add(
                Scenario.spec(
                                "two-interfaces",
                                "section 3, Lifecycle & Ordering",
                                "a container is attached to one network by two interfaces; DEL of"
                                        + " one leaves the other")
                        .proves(29)
                        .roles(Role.INTERFACE, Role.CHAINED)
                        .since(CniVersion.V0_4_0)
                        .step(
                                "ADD of eth0 and eth1, DEL of eth1, CHECK of eth0",
                                Upkeep::twoInterfaces)
                        .build());
        all.add(
                Scenario.spec(
                                "many-at-once",
                                "section 3, Lifecycle & Ordering",
                                "containers can be attached and detached at the same time")
                        .proves(52)
                        .step("eight at once: ADD, then DEL", AtOnce::play)
                        .build());
    }

    private static void twoContainers(Stage stage) throws Exception {
        Pod two = stage.pod("two");
        useSecond(stage);
        stage.add(two);
        useFirst(stage);
        stage.add();
        stage.del().silent();
        useSecond(stage);
        stage.check(two).silent();
    }

    /** The usual configuration, after {@link #useSecond}. */
    static void useFirst(Stage stage) throws Exception {
        stage.use(stage.target().profile().config());
    }

    /** What a second attachment takes beside the first, of plugins whose device is the only one. */
    private static void useSecond(Stage stage) throws Exception {
        switch (stage.target().type()) {
            case "host-device" -> {
                if (stage.node().link("second").isEmpty()
                        && stage.known(stage.pod("two"), IF_NAME).isEmpty()) {
                    stage.node().join("second", stage.machine("more"), "far");
                }
                stage.use("{\"device\": \"second\", \"ipam\": {ipam}}");
            }
            // The kernel has one link of a VLAN on a master, in whatever namespace.
            case "vlan" -> stage.use("{\"master\": \"uplink\", \"vlanId\": 6, \"ipam\": {ipam}}");
            default -> {}
        }
    }

    /** Attaches the first container by eth0 and by eth1, whose configuration further calls use. */
    static void addTwo(Stage stage) throws Exception {
        Pod pod = stage.pod();
        stage.add();
        if (stage.target().profile().role() == Role.CHAINED) {
            stage.attachBefore(pod, "eth1", SECOND_SUBNET);
        } else if (stage.target().type().equals("ptp")) {
            // Its routes to the gateway are those of the subnet: a second one needs another.
            stage.ipam()
                    .give(
                            pod,
                            CniResult.EMPTY.withIps(
                                    List.of(
                                            CniIp.of(Cidr.parse("10.18.0.2/24").orElseThrow())
                                                    .withGateway(
                                                            IpText.parse("10.18.0.1")
                                                                    .orElseThrow()))));
        } else {
            stage.ipam().give(pod, "10.8.0.99/24");
        }
        useSecond(stage);
        stage.add(pod, "eth1");
    }

    private static void twoInterfaces(Stage stage) throws Exception {
        addTwo(stage);
        stage.del(stage.pod(), "eth1").silent();
        useFirst(stage);
        stage.container().see("link " + IF_NAME + " up");
        stage.check().silent();
    }
}
