package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Pod;
import dev.kakehashi.conformance.stage.Role;
import dev.kakehashi.conformance.stage.Stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** SPEC sections 3 and 4: what ADD must do, whatever the plugin. */
final class Attaching {
    private Attaching() {}

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        all.add(
                Scenario.spec(
                                "every-version",
                                "section 4",
                                "ADD, CHECK and DEL work in every version that VERSION lists, and the"
                                        + " result is of that version's form")
                        .proves(1, 68)
                        .eachVersion()
                        .add()
                        .step(
                                "CHECK",
                                stage -> {
                                    if (CniVersion.parse(stage.target().version())
                                            .atLeast(CniVersion.V0_4_0)) {
                                        stage.check().silent();
                                    }
                                })
                        .del()
                        .build());
        all.add(
                Scenario.spec(
                                "add-interface",
                                "section 4, ADD",
                                "ADD makes the interface CNI_IFNAME inside the container and lists it"
                                        + " with sandbox = CNI_NETNS")
                        .proves(26, 70)
                        .roles(Role.INTERFACE)
                        .since(CniVersion.V0_3_0)
                        .step(
                                "ADD",
                                stage -> {
                                    CniInterface listed = listed(stage.add(), stage.pod().path());
                                    if (!listed.name().equals(IF_NAME)) {
                                        throw Mismatch.of(
                                                "interface " + IF_NAME + " of the container",
                                                String.valueOf(listed));
                                    }
                                })
                        .step(
                                "the container",
                                stage -> stage.container().see("link " + IF_NAME + " up"))
                        .build());
        all.add(
                Scenario.spec(
                                "add-addresses",
                                "section 4, ADD",
                                "every address of the result is on the interface that the result"
                                        + " assigns it to")
                        .proves(26, 68)
                        .roles(Role.INTERFACE)
                        .since(CniVersion.V0_3_0)
                        .step(
                                "ADD, then each address",
                                stage -> {
                                    CniResult result = stage.add();
                                    for (CniIp ip : result.ips()) {
                                        int index = ip.interfaceIndex().orElse(-1);
                                        if (index < 0 || index >= result.interfaces().size()) {
                                            throw Mismatch.of(
                                                    "an index of an interface with " + ip.address(),
                                                    String.valueOf(index));
                                        }
                                        stage.container()
                                                .see(
                                                        "address "
                                                                + result.interfaces()
                                                                        .get(index)
                                                                        .name()
                                                                + " "
                                                                + ip.address());
                                    }
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "add-lists-all",
                                "section 5, ADD Success",
                                "every interface that ADD makes is listed, with its MAC address, those"
                                        + " of the node too")
                        .proves(70)
                        .roles(Role.INTERFACE, Role.CHAINED)
                        .since(CniVersion.V0_3_0)
                        .step(
                                "ADD, then the links of the node and of the container",
                                Attaching::allListed)
                        .build());
        all.add(
                Scenario.spec(
                                "add-name-taken",
                                "section 4, ADD",
                                "ADD fails when the interface CNI_IFNAME exists in the container, and"
                                        + " leaves it as it is")
                        .proves(28)
                        .roles(Role.INTERFACE)
                        .step(
                                "make an interface of that name",
                                stage ->
                                        stage.container()
                                                .join(IF_NAME, stage.machine("a machine"), "far"))
                        .step("ADD", stage -> stage.tryAdd().failed())
                        .step(
                                "the interface is still there",
                                stage -> stage.container().see("link " + IF_NAME + " kind veth"))
                        .build());
        all.add(
                Scenario.spec(
                                "add-failed-leaves-nothing",
                                "section 4, ADD, and section 6",
                                "after an ADD that failed half-way and its DEL nothing of it is left")
                        .proves(30, 53)
                        .roles(Role.INTERFACE)
                        .step(
                                "ADD where CNI_IFNAME is taken, then DEL",
                                stage -> {
                                    Pod pod = stage.pod();
                                    stage.container()
                                            .join(IF_NAME, stage.machine("a machine"), "far");
                                    Set<String> before = stage.node().view().links();
                                    stage.tryAdd(pod).failed();
                                    stage.del().silent();
                                    NewLinks.leftOver(stage, before);
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "add-passes-on",
                                "section 3, Lifecycle & Ordering",
                                "a chained plugin passes the result before it on: every interface,"
                                        + " address and route of it is in its own")
                        .proves(27)
                        .roles(Role.CHAINED)
                        .since(CniVersion.V0_3_0)
                        .step(
                                "ADD with prevResult",
                                stage -> {
                                    CniResult before = previous(stage);
                                    CniResult after = stage.add();
                                    passedOn(before, after);
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "ipam-result",
                                "section 4, Delegated plugins",
                                "the result of an address plugin has no interfaces, and its addresses no"
                                        + " index of one")
                        .proves(67)
                        .roles(Role.IPAM)
                        .since(CniVersion.V0_3_0)
                        .step(
                                "ADD",
                                stage -> {
                                    CniResult result = stage.add();
                                    if (!result.interfaces().isEmpty()
                                            || result.ips().isEmpty()
                                            || result.ips().stream()
                                                    .anyMatch(ip ->
                                                            ip.interfaceIndex().isPresent())) {
                                        throw Mismatch.of(
                                                "addresses without interfaces",
                                                String.valueOf(result));
                                    }
                                })
                        .build());
        return all;
    }

    private static CniInterface listed(CniResult result, String sandbox) throws Mismatch {
        return result.interfaces().stream()
                .filter(link -> link.sandbox().equals(sandbox))
                .findFirst()
                .orElseThrow(() ->
                        Mismatch.of(
                                "an interface with sandbox " + sandbox,
                                String.valueOf(result.interfaces())));
    }

    private static void allListed(Stage stage) throws Exception {
        Pod pod = stage.pod();
        Set<String> nodeBefore = stage.node().view().links();
        Set<String> insideBefore = stage.container().view().links();
        CniResult result = stage.add();
        requireListed(result, "", "on the node", NewLinks.added(nodeBefore, stage.node().view()));
        requireListed(
                result,
                pod.path(),
                "in the container",
                NewLinks.added(insideBefore, stage.container().view()));
    }

    private static void requireListed(
            CniResult result, String sandbox, String where, Set<String> names) throws Mismatch {
        for (String name : names) {
            CniInterface listed =
                    result.interfaces().stream()
                            .filter(link ->
                                    link.name().equals(name) && link.sandbox().equals(sandbox))
                            .findFirst()
                            .orElseThrow(() ->
                                    Mismatch.of(
                                            "interface "
                                                    + name
                                                    + ", made "
                                                    + where
                                                    + ", in the result",
                                            String.valueOf(result.interfaces())));
            if (listed.mac().isEmpty()) {
                throw Mismatch.of("the MAC address of " + name, String.valueOf(listed));
            }
        }
    }

    private static CniResult previous(Stage stage) throws Exception {
        Pod pod = stage.pod();
        return ResultCodec.decode(stage.known(pod, IF_NAME).orElseThrow());
    }

    private static void passedOn(CniResult before, CniResult after) throws Mismatch {
        for (CniInterface link : before.interfaces()) {
            if (after.interfaces().stream().noneMatch(l -> l.name().equals(link.name()))) {
                throw Mismatch.of("interface " + link.name(), String.valueOf(after.interfaces()));
            }
        }
        if (!after.ips().containsAll(before.ips())) {
            throw Mismatch.of(String.valueOf(before.ips()), String.valueOf(after.ips()));
        }
        if (!after.routes().containsAll(before.routes())) {
            throw Mismatch.of(String.valueOf(before.routes()), String.valueOf(after.routes()));
        }
    }
}
