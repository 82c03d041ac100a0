package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Pod;
import dev.kakehashi.conformance.stage.ScriptedIpam;
import dev.kakehashi.conformance.stage.Stage;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** SPEC section 4, "Delegated plugins": how a plugin calls the one that gives it addresses. */
final class Delegation {
    private static final String SECTION = "section 4, Delegated plugins";
    private static final int CODE = 123;
    private static final String MSG = "the scripted plugin refuses";

    private Delegation() {}

    private static Scenario.Builder spec(String id, String requirement) {
        return Scenario.spec(id, SECTION, requirement).delegating();
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        all.add(
                spec(
                                "delegate-input",
                                "the delegate gets the whole configuration and the same parameters")
                        .proves(64)
                        .step("ADD, then what the delegate was given", Delegation::sameInput)
                        .build());
        all.add(
                spec("delegate-del", "DEL is delegated, also when the namespace is gone")
                        .proves(32, 65)
                        .upstream("plugins #1196 (host-device)", "cni #1167")
                        .step(
                                "ADD, end the namespace, DEL",
                                stage -> {
                                    Pod pod = stage.pod();
                                    stage.add();
                                    pod.end();
                                    stage.del().silent();
                                    released(stage, pod);
                                })
                        .build());
        all.add(
                spec("delegate-del-no-netns", "DEL is delegated, also when CNI_NETNS is empty")
                        .proves(32, 65)
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
                                    released(stage, pod);
                                })
                        .build());
        all.add(
                spec(
                                "delegate-del-interface-gone",
                                "DEL is delegated, also when the interface is gone")
                        .proves(32, 65)
                        .step(
                                "ADD, remove the interface, DEL",
                                stage -> {
                                    stage.add();
                                    stage.container().remove(IF_NAME);
                                    stage.del().silent();
                                    released(stage, stage.pod());
                                })
                        .build());
        all.add(
                spec(
                                "delegate-add-fails",
                                "an error of the delegate's ADD is the plugin's, and nothing is left")
                        .proves(65, 66)
                        .step(
                                "ADD while the delegate refuses",
                                stage -> {
                                    stage.ipam().fail("ADD", CODE, MSG);
                                    stage.tryAdd().failed().mentions(MSG);
                                    stage.del().silent();
                                    stage.container().miss("link " + IF_NAME);
                                })
                        .build());
        all.add(
                spec(
                                "delegate-undone",
                                "when ADD fails after the delegate's has succeeded, the delegate's DEL"
                                        + " is run before ADD returns")
                        .proves(66)
                        .step(
                                "ADD where CNI_IFNAME is taken",
                                stage -> {
                                    stage.container()
                                            .join(IF_NAME, stage.machine("a machine"), "far");
                                    stage.tryAdd().failed();
                                    released(stage, stage.pod());
                                })
                        .build());
        all.add(
                spec(
                                "delegate-check",
                                "CHECK is delegated, and the delegate's error is the plugin's")
                        .proves(38, 65)
                        .since(CniVersion.V0_4_0)
                        .add()
                        .step(
                                "CHECK",
                                stage -> {
                                    stage.check().silent();
                                    called(stage, "CHECK");
                                })
                        .step(
                                "CHECK while the delegate refuses",
                                stage -> {
                                    stage.ipam().fail("CHECK", CODE, MSG);
                                    stage.check().failed().mentions(MSG);
                                })
                        .build());
        all.add(
                spec(
                                "delegate-status",
                                "STATUS is delegated, and the delegate's code is the plugin's")
                        .proves(42, 65)
                        .since(CniVersion.V1_1_0)
                        .step(
                                "STATUS while the delegate has no address left",
                                stage -> {
                                    stage.ipam().fail("STATUS", 50, MSG);
                                    stage.status().failed(50).mentions(MSG);
                                })
                        .build());
        all.add(
                spec("delegate-gc", "GC is delegated with the list of valid attachments")
                        .proves(45, 48, 65)
                        .since(CniVersion.V1_1_0)
                        .upstream("plugins #1013", "plugins #1014")
                        .step(
                                "GC",
                                stage -> {
                                    stage.gc(stage.pod()).silent();
                                    called(stage, "GC");
                                    if (!stage.ipam()
                                            .stdin("GC", "", "")
                                            .contains("cni.dev/valid-attachments")) {
                                        throw Mismatch.of(
                                                "cni.dev/valid-attachments in the delegate's input",
                                                stage.ipam().stdin("GC", "", ""));
                                    }
                                })
                        .build());
        all.add(
                spec(
                                "delegate-gc-fails",
                                "GC fails when the delegate's does, and reports its error")
                        .proves(47, 65)
                        .since(CniVersion.V1_1_0)
                        .upstream("plugins #1013")
                        .step(
                                "GC while the delegate refuses",
                                stage -> {
                                    stage.ipam().fail("GC", CODE, MSG);
                                    stage.gc().failed().mentions(MSG);
                                })
                        .build());
        all.add(
                spec(
                                "delegate-missing",
                                "a delegate that is not in CNI_PATH is an error that names it")
                        .proves(20, 64)
                        .step(
                                "ADD with an unknown address plugin",
                                stage ->
                                        stage.call(
                                                        stage.request(CniCommand.ADD, stage.pod())
                                                                .with(
                                                                        "ipam",
                                                                        stage.parse(
                                                                                "{\"type\":"
                                                                                        + " \"no-such-ipam\"}")))
                                                .failed()
                                                .mentions("no-such-ipam"))
                        .build());
        all.add(
                spec(
                                "delegate-path",
                                "ipam.type must not contain path separators (section 1): nothing outside"
                                        + " of CNI_PATH is executed")
                        .proves(13)
                        .step(
                                "ADD with an address plugin by its path",
                                stage ->
                                        stage.call(
                                                        stage.request(CniCommand.ADD, stage.pod())
                                                                .with(
                                                                        "ipam",
                                                                        stage.parse(
                                                                                "{\"type\": \"../bin/"
                                                                                        + ScriptedIpam
                                                                                                .TYPE
                                                                                        + "\"}")))
                                                .failed())
                        .build());
        return all;
    }

    private static void sameInput(Stage stage) throws Exception {
        Pod pod = stage.pod();
        var request = stage.request(CniCommand.ADD, pod).with("other-key", "other value");
        stage.add(request);
        JsonObject given =
                JsonParser.parseObject(
                        stage.ipam()
                                .stdin("ADD", pod.id(), IF_NAME)
                                .getBytes(StandardCharsets.UTF_8));
        JsonObject wanted =
                JsonParser.parseObject(request.stdin().getBytes(StandardCharsets.UTF_8));
        for (var member : wanted.members()) {
            if (!given.find(member.name()).equals(Optional.of(member.value()))) {
                throw Mismatch.of(
                        "\"" + member.name() + "\" in the delegate's input, unchanged",
                        given.toCompactString());
            }
        }
        List<String> environment =
                stage.ipam().environment("ADD", pod.id(), IF_NAME).lines().toList();
        for (String variable : List.of("CNI_NETNS=" + pod.path(), "CNI_COMMAND=ADD")) {
            if (!environment.contains(variable)) {
                throw Mismatch.of(
                        variable,
                        environment.stream().filter(line -> line.startsWith("CNI_")).toList() + "");
            }
        }
    }

    private static void called(Stage stage, String command) throws Exception {
        if (stage.ipam().calls().stream().noneMatch(call -> call.startsWith(command))) {
            throw Mismatch.of(command + " of the delegate", "its calls: " + stage.ipam().calls());
        }
    }

    static void released(Stage stage, Pod pod) throws Exception {
        if (stage.ipam().holds(pod, IF_NAME)) {
            throw Mismatch.of(
                    "the delegate's DEL, so that the address is free",
                    "its calls: " + stage.ipam().calls());
        }
    }
}
