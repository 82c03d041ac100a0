package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.conformance.stage.Answer;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Pod;
import dev.kakehashi.conformance.stage.Request;
import dev.kakehashi.conformance.stage.Role;
import dev.kakehashi.conformance.stage.Stage;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.LinkSpec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a plugin that only ever sees one runtime may never have been asked. */
final class Corners {
    private static final long INCOMPATIBLE_VERSION = 1;
    private static final String MSG = "the scripted plugin refuses";
    private static final String OTHER_MAC = "02:00:00:00:00:0c";

    private Corners() {}

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        calls(all);
        check(all);
        status(all);
        gc(all);
        return all;
    }

    private static void calls(List<Scenario> all) {
        all.add(
                Scenario.spec(
                                "version-absent",
                                "Versions",
                                "a configuration without cniVersion is of version 0.1.0: the result is,"
                                        + " too, or code 1 says that the plugin does not speak it")
                        .proves(2)
                        .roles(Role.INTERFACE, Role.IPAM)
                        .step("ADD without cniVersion", Corners::addWithoutVersion)
                        .build());
        all.add(
                Scenario.spec(
                                "netns-invalid",
                                "section 2, CNI_NETNS",
                                "ADD fails where CNI_NETNS is no network namespace, and leaves nothing")
                        .proves(17)
                        .roles(Role.INTERFACE)
                        .step(
                                "ADD with a path to nothing",
                                stage -> badNetns(stage, stage.work().resolve("nothing")))
                        .step(
                                "ADD with the path of a file",
                                stage ->
                                        badNetns(
                                                stage,
                                                Files.writeString(
                                                        stage.work().resolve("file"), "x")))
                        .build());
        all.add(
                Scenario.spec(
                                "add-again",
                                "section 3, Lifecycle & Ordering",
                                "after DEL the same container is attached again under the same name")
                        .proves(29, 30)
                        .add()
                        .del()
                        .step("ADD again", Corners::addAgain)
                        .step("DEL again", stage -> stage.del().silent())
                        .build());
        all.add(
                Scenario.spec(
                                "delegate-search",
                                "section 2, CNI_PATH, and section 4, Delegated plugins",
                                "the delegate is sought in each folder of CNI_PATH, also behind ones"
                                        + " that do not exist or do not have it")
                        .proves(20, 64)
                        .delegating()
                        .step(
                                "ADD with two folders before",
                                stage -> {
                                    Path empty =
                                            Files.createDirectories(stage.work().resolve("empty"));
                                    Request request = stage.request(CniCommand.ADD, stage.pod());
                                    request.set(
                                            "CNI_PATH",
                                            stage.work().resolve("absent")
                                                    + ":"
                                                    + empty
                                                    + ":"
                                                    + stage.work().resolve("bin"));
                                    stage.add(request);
                                })
                        .build());
    }

    private static void addWithoutVersion(Stage stage) throws Exception {
        Pod pod = stage.pod();
        Answer answer = stage.call(stage.request(CniCommand.ADD, pod).withoutKey("cniVersion"));
        if (stage.target().versions().contains("0.1.0")) {
            JsonObject json = answer.ok().json();
            String version = json.string("cniVersion", "0.1.0");
            if (!version.equals("0.1.0") || json.find("ip4").isEmpty()) {
                throw Mismatch.of("a result of version 0.1.0, with ip4", answer.seen());
            }
        } else {
            answer.failed(INCOMPATIBLE_VERSION);
        }
    }

    private static void badNetns(Stage stage, Path path) throws Exception {
        stage.pod();
        Set<String> before = stage.node().view().links();
        stage.call(stage.request(CniCommand.ADD, stage.pod()).set("CNI_NETNS", path.toString()))
                .failed();
        NewLinks.leftOver(stage, before);
    }

    /** A chained plugin finds an interface that the plugin before it has made anew. */
    private static void addAgain(Stage stage) throws Exception {
        if (stage.target().profile().role() == Role.CHAINED) {
            stage.container().remove(IF_NAME);
            stage.attachBefore(stage.pod(), IF_NAME, 1);
        }
        stage.add();
    }

    private static void check(List<Scenario> all) {
        all.add(
                Scenario.spec(
                                "check-final-result",
                                "section 4, CHECK: prevResult of the last plugin of the list",
                                "CHECK goes by the final result: another MAC address, a further"
                                        + " interface, dns of a later plugin")
                        .proves(34)
                        .roles(Role.INTERFACE)
                        .since(CniVersion.V0_4_0)
                        .step(
                                "ADD, another MAC address in kernel and result, CHECK",
                                Corners::tuned)
                        .build());
    }

    private static void tuned(Stage stage) throws Exception {
        CniResult result = stage.add();
        // The kernel lets an ipvlan have the MAC address of its master only.
        boolean fixed = stage.target().type().equals("ipvlan");
        if (!fixed) {
            stage.container()
                    .change(IF_NAME, LinkSpec.builder().mac(MacAddress.parse(OTHER_MAC)).build());
        }
        List<CniInterface> links = new ArrayList<>();
        for (CniInterface link : result.interfaces()) {
            links.add(
                    !fixed && link.sandbox().equals(stage.pod().path())
                            ? CniInterface.inContainer(link.name(), OTHER_MAC, link.sandbox())
                            : link);
        }
        links.add(CniInterface.onHost("later0", "02:00:00:00:00:0d"));
        JsonObject last =
                ResultCodec.encode(result.withInterfaces(links), stage.target().version())
                        .with("dns", stage.parse("{\"nameservers\": [\"192.0.2.53\"]}"));
        stage.call(stage.request(CniCommand.CHECK, stage.pod()).with("prevResult", last)).silent();
    }

    private static void status(List<Scenario> all) {
        all.add(
                Scenario.spec(
                                "status-informs",
                                "section 4, STATUS",
                                "ADD and DEL are accepted after a STATUS that failed")
                        .proves(43)
                        .delegating()
                        .since(CniVersion.V1_1_0)
                        .step(
                                "STATUS while the delegate refuses",
                                stage -> {
                                    stage.ipam().fail("STATUS", 50, MSG);
                                    stage.status().failed(50);
                                })
                        .add()
                        .del()
                        .build());
        all.add(
                Scenario.spec(
                                "status-changes-nothing",
                                "section 4, STATUS",
                                "STATUS changes nothing, neither before ADD nor after")
                        .proves(40)
                        .since(CniVersion.V1_1_0)
                        .step(
                                "STATUS, ADD, STATUS",
                                stage -> {
                                    stage.pod();
                                    Upkeep.unchanged(stage, stage.request(CniCommand.STATUS))
                                            .silent();
                                    stage.add();
                                    // It may fail now: a device can be given away but once.
                                    Upkeep.unchanged(stage, stage.request(CniCommand.STATUS));
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "status-gc-variables",
                                "section 2, Parameters",
                                "STATUS and GC succeed without variables of an attachment, and with"
                                        + " empty ones, as the reference library sets them")
                        .proves(21)
                        .since(CniVersion.V1_1_0)
                        .step(
                                "STATUS with empty variables",
                                stage -> stage.call(empty(stage, CniCommand.STATUS)).silent())
                        .step(
                                "GC with empty variables",
                                stage -> stage.call(empty(stage, CniCommand.GC).valid()).silent())
                        .step("GC without them", stage -> stage.gc().silent())
                        .build());
    }

    private static Request empty(Stage stage, CniCommand command) {
        return stage.request(command)
                .set("CNI_CONTAINERID", "")
                .set("CNI_NETNS", "")
                .set("CNI_IFNAME", "")
                .set("CNI_ARGS", "");
    }

    private static void gc(List<Scenario> all) {
        all.add(
                Scenario.spec(
                                "gc-other-network",
                                "section 4, GC",
                                "GC of another network leaves this one's attachments as they are")
                        .proves(46)
                        .since(CniVersion.V1_1_0)
                        .step(
                                "ADD, GC of a network other without valid attachments",
                                stage -> {
                                    stage.add();
                                    Upkeep.unchanged(
                                                    stage,
                                                    stage.request(CniCommand.GC)
                                                            .with("name", "other")
                                                            .valid())
                                            .silent();
                                })
                        .check()
                        .build());
        all.add(
                Scenario.spec(
                                "gc-one-of-two",
                                "section 4, GC",
                                "GC tells the interfaces of one container apart: the valid one stays")
                        .proves(45, 46)
                        .since(CniVersion.V1_1_0)
                        .step(
                                "ADD of eth0 and eth1, GC with eth0 valid",
                                stage -> {
                                    Upkeep.addTwo(stage);
                                    Upkeep.useFirst(stage);
                                    stage.call(
                                                    stage.request(CniCommand.GC)
                                                            .validOnly(stage.pod(), IF_NAME))
                                            .silent();
                                })
                        .step("CHECK of eth0", stage -> stage.check().silent())
                        .step(
                                "DEL of both",
                                stage -> {
                                    stage.del(stage.pod(), "eth1").silent();
                                    stage.del().silent();
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "gc-list-invalid",
                                "section 4, GC",
                                "GC with a list of valid attachments that is none removes nothing")
                        .proves(45)
                        .since(CniVersion.V1_1_0)
                        .step(
                                "ADD, GC with a text in the list's place",
                                stage -> {
                                    stage.add();
                                    stage.call(
                                            stage.request(CniCommand.GC)
                                                    .with(
                                                            "cni.dev/valid-attachments",
                                                            new JsonString("all")));
                                })
                        .check()
                        .build());
    }
}
