package dev.kakehashi.cni.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

class PluginDispatcherTest {
    private final RecordingPlugin plugin = new RecordingPlugin();
    private final Map<String, String> environment =
            new HashMap<>(
                    Map.of(
                            "CNI_CONTAINERID", "some-container-id",
                            "CNI_NETNS", "/some/netns/path",
                            "CNI_IFNAME", "eth0",
                            "CNI_ARGS", "some;extra;args",
                            "CNI_PATH", "/some/cni/path:/other"));
    private String stdin =
            "{\"name\": \"skel-test\", \"some\": \"config\", \"cniVersion\": \"1.1.0\"}";
    private NetnsComparison netns = path -> false;
    private String stdout = "";
    private String stderr = "";

    private int dispatch(String command) {
        return dispatch(command, new ByteArrayInputStream(stdin.getBytes(UTF_8)));
    }

    private int dispatch(String command, InputStream in) {
        if (!command.isEmpty()) {
            environment.put("CNI_COMMAND", command);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status =
                PluginDispatcher.of(netns, ProcessDelegator.create())
                        .dispatch(
                                plugin,
                                new PluginCall(
                                        environment, in, out, new PrintStream(err, true, UTF_8)));
        stdout = out.toString(UTF_8);
        stderr = err.toString(UTF_8);
        return status;
    }

    private void assertError(int code, String msg, String details) throws CniException {
        JsonObject error = JsonParser.parseObject(stdout);
        assertThat(error.integer("code", -1)).as(stdout).isEqualTo(code);
        assertThat(error.string("msg", "")).isEqualTo(msg);
        assertThat(error.string("details", "")).isEqualTo(details);
        assertThat(error.string("cniVersion", "")).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = CniCommand.class, names = "VERSION", mode = EnumSource.Mode.EXCLUDE)
    void dispatch_eachCommand_callsThePluginOnceWithTheParameters(CniCommand command)
            throws Exception {
        assertThat(dispatch(command.name())).isZero();

        assertThat(plugin.requests).hasSize(1);
        PluginRequest request = plugin.requests.getFirst();
        assertThat(request.command()).isEqualTo(command);
        assertThat(request.containerId()).isEqualTo("some-container-id");
        assertThat(request.netns()).isEqualTo("/some/netns/path");
        assertThat(request.ifName()).isEqualTo("eth0");
        assertThat(request.args()).isEqualTo("some;extra;args");
        assertThat(request.path()).containsExactly("/some/cni/path", "/other");
        assertThat(request.config().string("some")).contains("config");
        assertThat(request.networkName()).isEqualTo("skel-test");
        assertThat(stderr).isEmpty();
        if (command != CniCommand.ADD) {
            assertThat(stdout).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ADD,CNI_CONTAINERID",
        "ADD,CNI_NETNS",
        "ADD,CNI_IFNAME",
        "ADD,CNI_PATH",
        "DEL,CNI_CONTAINERID",
        "DEL,CNI_IFNAME",
        "DEL,CNI_PATH",
        "CHECK,CNI_CONTAINERID",
        "CHECK,CNI_NETNS",
        "CHECK,CNI_IFNAME",
        "CHECK,CNI_PATH",
        "GC,CNI_PATH",
        "STATUS,CNI_PATH"
    })
    void dispatch_requiredVariableMissing_isError4AndPluginNotCalled(String command, String name)
            throws Exception {
        environment.remove(name);

        assertThat(dispatch(command)).isEqualTo(1);

        assertError(4, "required env variables [" + name + "] missing", "");
        assertThat(plugin.requests).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ADD,CNI_ARGS", "DEL,CNI_ARGS", "DEL,CNI_NETNS", "CHECK,CNI_ARGS",
        "GC,CNI_CONTAINERID", "GC,CNI_NETNS", "GC,CNI_IFNAME", "GC,CNI_ARGS",
        "STATUS,CNI_CONTAINERID", "STATUS,CNI_NETNS", "STATUS,CNI_IFNAME", "STATUS,CNI_ARGS"
    })
    void dispatch_optionalVariableMissing_callsThePlugin(String command, String name) {
        environment.remove(name);

        assertThat(dispatch(command)).as(stdout).isZero();
        assertThat(plugin.requests).hasSize(1);
    }

    @Test
    void dispatch_allVariablesMissing_listsThemInOrder() throws Exception {
        environment.clear();

        assertThat(dispatch("ADD")).isEqualTo(1);

        assertError(
                4,
                "required env variables [CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH] missing",
                "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ADD", "DEL", "CHECK"})
    void dispatch_badContainerId_winsOverMissingVariables(String command) throws Exception {
        environment.put("CNI_CONTAINERID", "some-%%container-id");
        environment.remove("CNI_PATH");

        assertThat(dispatch(command)).isEqualTo(1);

        assertError(4, "invalid characters in containerID", "some-%%container-id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ADD", "DEL", "CHECK"})
    void dispatch_badInterfaceName_isError4(String command) throws Exception {
        environment.put("CNI_IFNAME", "1234567890123456");

        assertThat(dispatch(command)).isEqualTo(1);

        assertError(
                4,
                "interface name is too long",
                "interface name should be less than 16 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GC", "STATUS"})
    void dispatch_badIdWhereNoneIsNeeded_isNotLookedAt(String command) {
        environment.put("CNI_CONTAINERID", "../etc");
        environment.put("CNI_IFNAME", "/");

        assertThat(dispatch(command)).isZero();
    }

    @Test
    void dispatch_noCommand_printsAboutOnStderr() {
        assertThat(dispatch("")).isZero();

        assertThat(stdout).isEmpty();
        assertThat(stderr)
                .isEqualTo(
                        "CNI recording plugin v1.2.3\n"
                                + "CNI protocol versions supported: 0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0,"
                                + " 1.0.0, 1.1.0\n");
    }

    @Test
    void dispatch_noCommandAndNoAboutText_isError4() throws Exception {
        plugin.about = "";

        assertThat(dispatch("")).isEqualTo(1);

        assertError(4, "required env variables [CNI_COMMAND] missing", "");
    }

    @Test
    void dispatch_unknownCommand_isError4OnceTheConfigIsRead() throws Exception {
        assertThat(dispatch("NOPE")).isEqualTo(1);
        assertError(4, "unknown CNI_COMMAND: NOPE", "");

        stdin = "{}";
        assertThat(dispatch("NOPE")).isEqualTo(1);
        assertError(7, "missing network name", "");
        assertThat(plugin.requests).isEmpty();
    }

    @Test
    void dispatch_version_needsNeitherEnvironmentNorStdin() {
        environment.clear();
        environment.put("CNI_CONTAINERID", "%%");

        assertThat(dispatch("VERSION", new BrokenInput())).isZero();

        assertThat(stdout)
                .isEqualTo(
                        "{\"cniVersion\":\"1.1.0\",\"supportedVersions\":[\"0.1.0\",\"0.2.0\",\"0.3.0\","
                                + "\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}\n");
    }

    @Test
    void dispatch_stdinUnreadable_isError5() throws Exception {
        assertThat(dispatch("ADD", new BrokenInput())).isEqualTo(1);

        assertError(5, "error reading from stdin: banana", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "1", "{\"name\": 4}", "{} x", "nul", "{\"name\":\"a\"}}"})
    void dispatch_stdinNoConfiguration_isError6(String input) throws Exception {
        stdin = input;

        assertThat(dispatch("ADD")).isEqualTo(1);

        JsonObject error = JsonParser.parseObject(stdout);
        assertThat(error.integer("code", -1)).isEqualTo(6);
        assertThat(error.string("msg", "")).startsWith("error unmarshall network config: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "{\"name\": \"\"}", "{\"name\": null}"})
    void dispatch_configWithoutName_isError7(String input) throws Exception {
        stdin = input;

        assertThat(dispatch("ADD")).isEqualTo(1);

        assertError(7, "missing network name", "");
    }

    @Test
    void dispatch_configWithBadName_isError7() throws Exception {
        stdin = "{\"name\": \"te%%st\"}";

        assertThat(dispatch("DEL")).isEqualTo(1);

        assertError(7, "invalid characters found in network name", "te%%st");
    }

    @Test
    void dispatch_keysInOtherCase_areRead() {
        stdin = "{\"NAME\": \"skel-test\", \"CniVersion\": \"1.0.0\"}";

        assertThat(dispatch("ADD")).as(stdout).isZero();
        assertThat(stdout).contains("1.0.0");
    }

    @Test
    void dispatch_versionNotListed_isError1WithBothInTheDetails() throws Exception {
        plugin.versions = List.of(CniVersion.V0_3_1, CniVersion.V0_4_0);

        assertThat(dispatch("ADD")).isEqualTo(1);

        assertError(
                1,
                "incompatible CNI versions",
                "config is \"1.1.0\", plugin supports [\"0.3.1\" \"0.4.0\"]");
        assertThat(plugin.requests).isEmpty();
    }

    @Test
    void dispatch_noVersion_means010() throws Exception {
        stdin = "{\"name\": \"skel-test\"}";
        plugin.body =
                request ->
                        CniResult.EMPTY.withIps(
                                List.of(CniIp.of(Cidr.parse("10.1.2.3/24").orElseThrow())));
        assertThat(dispatch("ADD")).isZero();
        assertThat(JsonParser.parseObject(stdout).string("cniVersion")).contains("0.1.0");

        plugin.versions = List.of(CniVersion.V0_2_0);
        assertThat(dispatch("ADD")).isEqualTo(1);
        assertError(
                1, "incompatible CNI versions", "config is \"0.1.0\", plugin supports [\"0.2.0\"]");
    }

    @Test
    void dispatch_versionWrittenShort_isNotTheSameVersion() throws Exception {
        stdin = "{\"name\": \"n\", \"cniVersion\": \"0.4\"}";

        assertThat(dispatch("ADD")).isEqualTo(1);

        assertThat(JsonParser.parseObject(stdout).integer("code", -1)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "CHECK,0.3.1,config version does not allow CHECK",
        "CHECK,1.2.0,plugin version does not allow CHECK",
        "GC,1.0.0,config version does not allow GC",
        "GC,1.2.0,plugin version does not allow GC",
        "STATUS,1.0.0,config version does not allow STATUS",
        "STATUS,9.9.9,plugin version does not allow STATUS"
    })
    void dispatch_commandTooNewForVersion_isError1(String command, String version, String msg)
            throws Exception {
        stdin = "{\"name\": \"n\", \"cniVersion\": \"" + version + "\"}";

        assertThat(dispatch(command)).isEqualTo(1);

        assertError(1, msg, "");
        assertThat(plugin.requests).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "CHECK,0.4.0.1,'invalid version \"0.4.0.1\": too many parts'",
        "GC,a.b,'failed to convert major version part \"a\": not a number'",
        "STATUS,1.b,'failed to convert minor version part \"b\": not a number'",
        "CHECK,1.0.x,'failed to convert micro version part \"x\": not a number'"
    })
    void dispatch_versionIsNone_isError6(String command, String version, String msg)
            throws Exception {
        stdin = "{\"name\": \"n\", \"cniVersion\": \"" + version + "\"}";

        assertThat(dispatch(command)).isEqualTo(1);

        assertError(6, msg, "");
    }

    @Test
    void dispatch_versionOfWrongKind_isError6() throws Exception {
        stdin = "{\"name\": \"n\", \"cniVersion\": 4}";

        assertThat(dispatch("ADD")).isEqualTo(1);

        assertThat(JsonParser.parseObject(stdout).string("msg", ""))
                .startsWith("decoding version from network config: ");
    }

    @ParameterizedTest
    @CsvSource({"ADD,1", "DEL,1", "CHECK,0", "GC,0", "STATUS,0"})
    void dispatch_namespaceIsOwn_isRefusedBeforeThePluginRuns(String command, int refused)
            throws Exception {
        netns = path -> path.equals("/some/netns/path");

        assertThat(dispatch(command)).isEqualTo(refused);

        assertThat(plugin.requests).hasSize(1 - refused);
        if (refused == 1) {
            assertError(8, "plugin's netns and netns from CNI_NETNS should not be the same", "");
        }
    }

    @ParameterizedTest
    @CsvSource({"1,0", "true,0", "TRUE,0", "True,0", "0,1", "yes,1", "'',1"})
    void dispatch_namespaceOverride_isRead(String override, int status) {
        netns = path -> true;
        environment.put("CNI_NETNS_OVERRIDE", override);

        assertThat(dispatch("ADD")).isEqualTo(status);
    }

    @Test
    void dispatch_pluginFailsWithCode_printsItAsTheReferenceDoesWithTheVersion() {
        stdin = "{\"name\": \"n\", \"cniVersion\": \"0.4.0\"}";
        plugin.body =
                request -> {
                    throw new CniException(1234, "insufficient everything", "too much <x>");
                };

        assertThat(dispatch("ADD")).isEqualTo(1);

        assertThat(stdout)
                .isEqualTo(
                        """
                        {
                            "cniVersion": "0.4.0",
                            "code": 1234,
                            "msg": "insufficient everything",
                            "details": "too much \\u003cx\\u003e"
                        }\
                        """);
    }

    @Test
    void dispatch_pluginThrowsAnythingElse_isError999WithTheStackOnStderr() throws Exception {
        plugin.body =
                request -> {
                    throw new IllegalStateException("potato");
                };

        assertThat(dispatch("ADD")).isEqualTo(1);

        assertError(999, "potato", "");
        assertThat(stderr).contains("IllegalStateException").contains("PluginDispatcherTest");
    }

    @Test
    void dispatch_addResult_isPrintedInTheConfigsVersionWithoutNewline() throws Exception {
        stdin = "{\"name\": \"n\", \"cniVersion\": \"0.3.1\"}";
        plugin.body =
                request ->
                        CniResult.EMPTY.withIps(
                                List.of(
                                        CniIp.of(Cidr.parse("10.1.2.3/24").orElseThrow())
                                                .withInterface(0)));

        assertThat(dispatch("ADD")).isZero();

        assertThat(stdout)
                .isEqualTo(
                        """
                        {
                            "cniVersion": "0.3.1",
                            "ips": [
                                {
                                    "version": "4",
                                    "interface": 0,
                                    "address": "10.1.2.3/24"
                                }
                            ],
                            "dns": {}
                        }\
                        """);
    }

    @Test
    void dispatch_stdoutClosed_exitsWithFailureAndSaysSoOnStderr() {
        environment.put("CNI_COMMAND", "ADD");
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        OutputStream closed =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                };

        int status =
                PluginDispatcher.of(netns, ProcessDelegator.create())
                        .dispatch(
                                plugin,
                                new PluginCall(
                                        environment,
                                        new ByteArrayInputStream(stdin.getBytes(UTF_8)),
                                        closed,
                                        new PrintStream(err, true, UTF_8)));

        assertThat(status).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("Broken pipe");
    }

    @Test
    void ofCurrentThread_recognisesTheOwnNamespaceOnly() {
        NetnsComparison comparison = NetnsComparison.ofCurrentThread();

        assertThat(comparison.isOwn("/proc/self/ns/net")).isTrue();
        assertThat(comparison.isOwn("/proc/self/ns/mnt")).isFalse();
        assertThat(comparison.isOwn("/does/not/exist")).isFalse();
        assertThat(comparison.isOwn("")).isFalse();
        assertThat(comparison.isOwn("\0")).isFalse();
    }

    private static final class BrokenInput extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("banana");
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            throw new IOException("banana");
        }
    }
}
