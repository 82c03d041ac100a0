package dev.kakehashi.conformance.scenario;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.conformance.stage.Answer;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Request;
import dev.kakehashi.conformance.stage.Role;
import dev.kakehashi.conformance.stage.Stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** SPEC sections 2 and 5: variables, input, versions and errors. Asked of any plugin. */
final class Protocol {
    private static final long INCOMPATIBLE_VERSION = 1;
    private static final long UNKNOWN_CONTAINER = 3;
    private static final long INVALID_ENVIRONMENT = 4;
    private static final long DECODING_FAILURE = 6;
    private static final long INVALID_CONFIG = 7;

    private Protocol() {}

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        versions(all);
        variables(all);
        input(all);
        errors(all);
        return all;
    }

    private static void versions(List<Scenario> all) {
        all.add(
                Scenario.spec(
                                "version-answer",
                                "section 4, VERSION",
                                "VERSION prints the versions it speaks, with no variable set but"
                                        + " CNI_COMMAND")
                        .proves(44)
                        .withoutConfiguration()
                        .step(
                                "VERSION",
                                stage -> {
                                    Answer answer =
                                            stage.call(
                                                    stage.request(CniCommand.VERSION)
                                                            .without("CNI_PATH")
                                                            .input(
                                                                    "{\"cniVersion\": \""
                                                                            + stage.target()
                                                                                    .version()
                                                                            + "\"}"));
                                    JsonObject json = answer.ok().json();
                                    if (json.string("cniVersion", "").isEmpty()
                                            || json.strings("supportedVersions").isEmpty()) {
                                        throw Mismatch.of(
                                                "an object with cniVersion and supportedVersions",
                                                answer.seen());
                                    }
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "version-known",
                                "section 4, VERSION",
                                "every version that VERSION lists is one that was published")
                        .proves(1)
                        .withoutConfiguration()
                        .step(
                                "the versions",
                                stage -> {
                                    for (String version : stage.target().versions()) {
                                        if (CniVersion.exact(version).isEmpty()) {
                                            throw Mismatch.of(
                                                    "published versions",
                                                    String.join(", ", stage.target().versions()));
                                        }
                                    }
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "version-incompatible",
                                "section 5, error code 1",
                                "a configuration of a version it does not speak is refused with code"
                                        + " 1")
                        .proves(25)
                        .withoutConfiguration()
                        .step(
                                "ADD in version 99.0.0",
                                stage ->
                                        stage.call(add(stage).with("cniVersion", "99.0.0"))
                                                .failed(INCOMPATIBLE_VERSION))
                        .step(
                                "DEL in version 99.0.0",
                                stage ->
                                        stage.call(
                                                        stage.request(CniCommand.DEL, stage.pod())
                                                                .with("cniVersion", "99.0.0"))
                                                .failed(INCOMPATIBLE_VERSION))
                        .build());
        all.add(
                Scenario.spec(
                                "check-too-old",
                                "section 4, CHECK",
                                "CHECK is refused with code 1 for configurations before 0.4.0")
                        .proves(1, 25)
                        .withoutConfiguration()
                        .since(CniVersion.V0_4_0)
                        .step(
                                "CHECK in version 0.3.1",
                                stage -> tooOld(stage, CniCommand.CHECK, "0.3.1"))
                        .build());
        all.add(
                Scenario.spec(
                                "gc-status-too-old",
                                "section 4, GC and STATUS",
                                "GC and STATUS are refused with code 1 for configurations before"
                                        + " 1.1.0")
                        .proves(1, 25)
                        .withoutConfiguration()
                        .since(CniVersion.V1_1_0)
                        .step("GC in version 1.0.0", stage -> tooOld(stage, CniCommand.GC, "1.0.0"))
                        .step(
                                "STATUS in version 1.0.0",
                                stage -> tooOld(stage, CniCommand.STATUS, "1.0.0"))
                        .build());
    }

    private static void tooOld(Stage stage, CniCommand command, String version) throws Exception {
        Request request =
                command == CniCommand.CHECK
                        ? stage.request(command, stage.pod())
                        : stage.request(command);
        stage.call(request.with("cniVersion", version)).failed(INCOMPATIBLE_VERSION);
    }

    private static Request add(Stage stage) throws Exception {
        return stage.request(CniCommand.ADD, stage.pod());
    }

    private static void variables(List<Scenario> all) {
        all.add(missing(CniCommand.ADD, "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"));
        all.add(missing(CniCommand.DEL, "CNI_CONTAINERID", "CNI_IFNAME"));
        all.add(missing(CniCommand.CHECK, "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"));
        all.add(
                Scenario.spec(
                                "container-id-invalid",
                                "section 2, CNI_CONTAINERID",
                                "a container id must be a letter or digit, then letters, digits, _, ."
                                        + " and -; others are refused with code 4")
                        .proves(16)
                        .withoutConfiguration()
                        .step(
                                "ADD with id ../x",
                                stage -> badVariable(stage, "CNI_CONTAINERID", "../x"))
                        .step(
                                "ADD with id _x",
                                stage -> badVariable(stage, "CNI_CONTAINERID", "_x"))
                        .step(
                                "ADD with id \"a b\"",
                                stage -> badVariable(stage, "CNI_CONTAINERID", "a b"))
                        .build());
        all.add(
                Scenario.spec(
                                "ifname-invalid",
                                "section 2, CNI_IFNAME",
                                "a name that no interface can have is refused with code 4")
                        .proves(18)
                        .withoutConfiguration()
                        .step(
                                "ADD with a name of 16 bytes",
                                stage -> badVariable(stage, "CNI_IFNAME", "abcdefghijklmnop"))
                        .step("ADD with a slash", stage -> badVariable(stage, "CNI_IFNAME", "a/b"))
                        .step("ADD with a colon", stage -> badVariable(stage, "CNI_IFNAME", "a:b"))
                        .step("ADD with a blank", stage -> badVariable(stage, "CNI_IFNAME", "a b"))
                        .step("ADD with ..", stage -> badVariable(stage, "CNI_IFNAME", ".."))
                        .build());
        all.add(
                Scenario.spec(
                                "netns-own",
                                "section 2, CNI_NETNS",
                                "ADD into the namespace that the plugin itself runs in is refused, and"
                                        + " that namespace stays as it is")
                        .proves(17)
                        .roles(Role.INTERFACE, Role.CHAINED)
                        .step(
                                "ADD with the node's namespace as CNI_NETNS, DEL",
                                stage -> {
                                    Request request =
                                            add(stage).set("CNI_NETNS", "/proc/self/ns/net");
                                    Set<String> before = stage.node().view().links();
                                    stage.call(request).failed();
                                    if (!stage.node().view().links().equals(before)) {
                                        throw Mismatch.of(
                                                "links " + before,
                                                stage.node().view().links().toString());
                                    }
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "command-unknown",
                                "section 5, error code 4",
                                "a CNI_COMMAND that does not exist is refused with code 4")
                        .proves(15)
                        .withoutConfiguration()
                        .step(
                                "CNI_COMMAND=JUMP",
                                stage ->
                                        stage.call(add(stage).set("CNI_COMMAND", "JUMP"))
                                                .failed(INVALID_ENVIRONMENT))
                        .build());
    }

    private static Scenario missing(CniCommand command, String... variables) {
        Scenario.Builder scenario =
                Scenario.spec(
                                command.name().toLowerCase(Locale.ROOT) + "-variables-missing",
                                "section 2, Parameters",
                                command
                                        + " without one of "
                                        + String.join(", ", variables)
                                        + " is refused with code 4 and names the variable")
                        .proves(21, 25)
                        .withoutConfiguration();
        if (command == CniCommand.CHECK) {
            scenario.since(CniVersion.V0_4_0);
        }
        for (String variable : variables) {
            scenario.step(
                    command + " without " + variable,
                    stage ->
                            stage.call(stage.request(command, stage.pod()).without(variable))
                                    .failed(INVALID_ENVIRONMENT)
                                    .mentions(variable));
        }
        return scenario.build();
    }

    private static void badVariable(Stage stage, String variable, String value) throws Exception {
        stage.call(add(stage).set(variable, value)).failed(INVALID_ENVIRONMENT, UNKNOWN_CONTAINER);
    }

    private static void input(List<Scenario> all) {
        all.add(
                Scenario.spec(
                                "input-not-json",
                                "section 5, error code 6",
                                "input that is not JSON is refused with code 6")
                        .proves(25)
                        .withoutConfiguration()
                        .step(
                                "ADD with half an object",
                                stage ->
                                        stage.call(add(stage).input("{\"cniVersion\": \"1.0.0\","))
                                                .failed(DECODING_FAILURE))
                        .step(
                                "ADD with nothing",
                                stage -> stage.call(add(stage).input("")).failed(DECODING_FAILURE))
                        .step(
                                "ADD with a list",
                                stage ->
                                        stage.call(add(stage).input("[]")).failed(DECODING_FAILURE))
                        .build());
        all.add(
                Scenario.spec(
                                "name-missing",
                                "section 1, Configuration format",
                                "a configuration without a network's name is refused with code 7")
                        .proves(6)
                        .withoutConfiguration()
                        .step(
                                "ADD without name",
                                stage ->
                                        stage.call(add(stage).withoutKey("name"))
                                                .failed(INVALID_CONFIG))
                        .build());
        all.add(
                Scenario.spec(
                                "name-invalid",
                                "section 1, Configuration format",
                                "a network's name must be a letter or digit, then letters, digits, _, ."
                                        + " and -; others are refused with code 7")
                        .proves(6)
                        .withoutConfiguration()
                        .step(
                                "ADD with name ../x",
                                stage ->
                                        stage.call(add(stage).with("name", "../x"))
                                                .failed(INVALID_CONFIG))
                        .build());
        all.add(
                Scenario.spec(
                                "keys-unknown",
                                "section 1, Plugin configuration objects",
                                "keys it does not know do not hinder it")
                        .proves(14)
                        .step(
                                "ADD with a key and an args it does not know",
                                stage ->
                                        stage.add(
                                                add(stage)
                                                        .with("surely.unknown/key", "x")
                                                        .with(
                                                                "args",
                                                                stage.parse(
                                                                        "{\"other.org\": {\"a\":"
                                                                                + " 1}}"))))
                        .build());
        all.add(
                Scenario.spec(
                                "args-ignored",
                                "conventions, CNI_ARGS",
                                "CNI_ARGS it does not know do not hinder it where IgnoreUnknown=1")
                        .proves(19)
                        .step(
                                "ADD as kubelet's runtimes call it",
                                stage ->
                                        stage.add(
                                                add(stage)
                                                        .set(
                                                                "CNI_ARGS",
                                                                "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0")))
                        .build());
    }

    private static void errors(List<Scenario> all) {
        all.add(
                Scenario.spec(
                                "error-object",
                                "section 5, Error",
                                "a failure prints an object with cniVersion, code and msg on standard"
                                        + " output")
                        .proves(23, 24)
                        .upstream("cni #827")
                        .withoutConfiguration()
                        .step(
                                "ADD with an invalid network name",
                                stage -> {
                                    Answer answer =
                                            stage.call(add(stage).with("name", "../x")).failed();
                                    if (answer.error().string("cniVersion", "").isEmpty()) {
                                        throw Mismatch.of(
                                                "an error object with cniVersion", answer.seen());
                                    }
                                })
                        .build());
        all.add(
                Scenario.spec(
                                "error-leaves-nothing",
                                "section 5, Error",
                                "a call that is refused for its parameters changes nothing")
                        .proves(23)
                        .withoutConfiguration()
                        .step(
                                "ADD with an interface name that is too long",
                                stage -> {
                                    stage.pod();
                                    var before = stage.node().view().facts();
                                    badVariable(stage, "CNI_IFNAME", "abcdefghijklmnop");
                                    if (!stage.node().view().facts().equals(before)) {
                                        throw Mismatch.of(
                                                "the node as it was",
                                                String.valueOf(stage.node().view().facts()));
                                    }
                                })
                        .build());
    }
}
