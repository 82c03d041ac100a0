package dev.kakehashi.cni.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.exec.FakePlugins;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

class DelegationTest {
    private static final CniResult ADDRESS =
            CniResult.EMPTY.withIps(List.of(CniIp.of(Cidr.parse("10.1.2.3/24").orElseThrow())));

    @TempDir private Path folder;
    private FakePlugins plugins;
    private final RecordingPlugin ours = new RecordingPlugin();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    @BeforeEach
    void install() throws IOException {
        plugins = FakePlugins.in(folder).install("ipam");
        plugins.on("ipam", "ADD", "echo '{\"ip4\":{\"ip\":\"10.1.2.3/24\"}}'");
        ours.body = request -> ADDRESS;
    }

    private PluginRequest request(CniCommand command, String config, Delegator delegator)
            throws CniException {
        Map<String, String> environment =
                new HashMap<>(
                        Map.of(
                                "CNI_COMMAND", command.name(),
                                "CNI_CONTAINERID", "id",
                                "CNI_IFNAME", "eth0",
                                "CNI_PATH", "/nowhere:" + plugins.path().getFirst(),
                                "PATH", "/usr/bin:/bin",
                                "OTHER", "kept"));
        JsonObject json = JsonParser.parseObject(config.replace('\'', '"'));
        return PluginRequest.of(
                command, environment, json, delegator, new PrintStream(log, true, UTF_8));
    }

    private static void call(CniCommand command, Delegator delegator, PluginRequest request)
            throws CniException {
        switch (command) {
            case ADD -> delegator.add("ipam", request);
            case DEL -> delegator.del("ipam", request);
            case CHECK -> delegator.check("ipam", request);
            case GC -> delegator.gc("ipam", request);
            case STATUS -> delegator.status("ipam", request);
            case VERSION -> throw new IllegalArgumentException();
        }
    }

    @ParameterizedTest
    @EnumSource(value = CniCommand.class, names = "VERSION", mode = EnumSource.Mode.EXCLUDE)
    void process_eachCommand_getsSameConfigAndEnvironmentButItsOwnCommand(CniCommand command)
            throws Exception {
        String config = "{'name':'n','unknown':[1.0],'ipam':{'type':'ipam'}}";
        PluginRequest request = request(CniCommand.VERSION, config, ProcessDelegator.create());

        call(command, request.delegator(), request);

        assertThat(plugins.calls()).containsExactly("ipam " + command + " id eth0");
        assertThat(plugins.rawStdin("ipam", command.name()))
                .asString()
                .isEqualTo(config.replace('\'', '"'));
        assertThat(plugins.environment("ipam", command.name()))
                .containsEntry("CNI_COMMAND", command.name())
                .containsEntry("CNI_IFNAME", "eth0")
                .containsEntry("OTHER", "kept")
                .doesNotContainKey("HOME");
    }

    @Test
    void process_add_readsTheResultInTheConfigsVersion() throws Exception {
        PluginRequest request = request(CniCommand.ADD, "{}", ProcessDelegator.create());

        assertThat(request.delegator().add("ipam", request)).isEqualTo(ADDRESS);
    }

    @Test
    void process_failure_isTheDelegatesOwnAndItsStderrIsPassedOn() throws Exception {
        plugins.on("ipam", "ADD", "echo words >&2; echo '{\"code\":111,\"msg\":\"full\"}'; exit 1");
        PluginRequest request = request(CniCommand.ADD, "{}", ProcessDelegator.create());

        assertThatThrownBy(() -> request.delegator().add("ipam", request))
                .isInstanceOfSatisfying(
                        CniException.class, e -> assertThat(e.code()).isEqualTo(111))
                .hasMessage("full");
        assertThat(log.toString(UTF_8)).isEqualTo("words\n");
    }

    @Test
    void process_notFound_saysWhereItLooked() throws Exception {
        PluginRequest request = request(CniCommand.ADD, "{}", ProcessDelegator.create());

        assertThatThrownBy(() -> request.delegator().del("nope", request))
                .hasMessage(
                        "failed to find plugin \"nope\" in path [/nowhere "
                                + plugins.path().getFirst()
                                + "]");
    }

    @ParameterizedTest
    @EnumSource(value = CniCommand.class, names = "VERSION", mode = EnumSource.Mode.EXCLUDE)
    void inProcess_ours_isCalledDirectlyAndOthersAreNot(CniCommand command) throws Exception {
        Delegator delegator =
                InProcessDelegator.of(Map.of("ipam", ours), ProcessDelegator.create());
        PluginRequest request = request(CniCommand.VERSION, "{'cniVersion':'1.1.0'}", delegator);

        call(command, delegator, request);

        assertThat(plugins.calls()).isEmpty();
        assertThat(ours.requests).hasSize(1);
        assertThat(ours.requests.getFirst().command()).isEqualTo(command);
        assertThat(ours.requests.getFirst().variable("CNI_COMMAND")).isEqualTo(command.name());
        assertThat(ours.requests.getFirst().config()).isSameAs(request.config());

        call(command, InProcessDelegator.of(Map.of(), ProcessDelegator.create()), request);
        assertThat(plugins.calls()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "ADD,0.2.0,incompatible CNI versions",
        "CHECK,0.3.1,config version does not allow CHECK",
        "GC,1.0.0,config version does not allow GC"
    })
    void inProcess_versionNotSpoken_isRefusedAsAProcessWould(
            CniCommand command, String version, String msg) throws Exception {
        ours.versions = CniVersion.since(CniVersion.V0_3_0);
        Delegator delegator =
                InProcessDelegator.of(Map.of("ipam", ours), ProcessDelegator.create());
        PluginRequest request =
                request(CniCommand.ADD, "{'cniVersion':'" + version + "'}", delegator);

        CniException e =
                catchThrowableOfType(CniException.class, () -> call(command, delegator, request));

        assertThat(e.code()).isEqualTo(1);
        assertThat(e.msg()).isEqualTo(msg);
        assertThat(ours.requests).isEmpty();
    }

    private Ipam ipam(String config) throws CniException {
        return Ipam.of(
                request(
                        CniCommand.ADD,
                        config,
                        InProcessDelegator.of(Map.of("ours", ours), ProcessDelegator.create())));
    }

    @Test
    void ipam_addFails_isReleasedAndTheFirstFailureKept() throws Exception {
        ours.body =
                request -> {
                    throw new CniException(request.command() == CniCommand.ADD ? 111 : 112, "no");
                };

        CniException e =
                catchThrowableOfType(
                        CniException.class, () -> ipam("{'ipam':{'type':'ours'}}").add());

        assertThat(e.code()).isEqualTo(111);
        assertThat(e.getSuppressed()).hasSize(1);
        assertThat(ours.requests)
                .extracting(PluginRequest::command)
                .containsExactly(CniCommand.ADD, CniCommand.DEL);
    }

    @Test
    void ipam_answerWithoutAddress_isReleasedAndRefused() throws Exception {
        ours.body = request -> CniResult.EMPTY;

        assertThatThrownBy(() -> ipam("{'ipam':{'type':'ours'}}").add())
                .hasMessage("IPAM plugin returned missing IP config");
        assertThat(ours.requests)
                .extracting(PluginRequest::command)
                .containsExactly(CniCommand.ADD, CniCommand.DEL);
    }

    @Test
    void ipam_success_isNotReleased() throws Exception {
        assertThat(ipam("{'ipam':{'type':'ours'}}").add()).isEqualTo(ADDRESS);
        assertThat(ours.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'ipam':{}}", "{'ipam':null}", "{'ipam':{'type':''}}"})
    void ipam_noneConfigured_doesNothing(String config) throws Exception {
        Ipam ipam = ipam(config);

        assertThat(ipam.isConfigured()).isFalse();
        ipam.del();
        ipam.check();
        ipam.gc();
        ipam.status();
        assertThat(ours.requests).isEmpty();
    }

    @Test
    void ipam_typeThatIsAPath_isRefused() {
        assertThatThrownBy(() -> ipam("{'ipam':{'type':'../ours'}}"))
                .hasMessageContaining("not a path");
        assertThatThrownBy(() -> ipam("{'ipam':'ours'}"))
                .hasMessage("\"ipam\" must be an object, not a string (\"ours\")");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'cniVersion':'1.0.0','prevResult':{'cniVersion':'1.0.0','ips':[{'address':'10.1.2.3/24'}]}}",
                "{'cniVersion':'1.1.0','prevResult':{'cniVersion':'1.0.0','ips':[{'address':'10.1.2.3/24'}]}}",
                "{'cniVersion':'1.0.0','prevResult':{'ips':[{'address':'10.1.2.3/24'}]}}",
                "{'cniVersion':'0.4.0','prevResult':{'cniVersion':'','ips':[{'version':'4','address':'10.1.2.3/24'}]}}",
                "{'prevResult':{'ip4':{'ip':'10.1.2.3/24'}}}"
            })
    void prevResult_ofTheConfigsEncoding_isRead(String config) throws Exception {
        PluginRequest request = request(CniCommand.ADD, config, ProcessDelegator.create());

        assertThat(request.prevResult()).contains(ADDRESS);
        assertThat(request.requirePrevResult()).isEqualTo(ADDRESS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'cniVersion':'1.0.0','prevResult':{'cniVersion':'0.4.0'}} | could not parse prevResult: result"
                        + " type supports [1.0.0 1.1.0] but unmarshalled CNIVersion is \"0.4.0\"",
                "{'cniVersion':'5678.456','prevResult':{}} | could not parse prevResult: unsupported CNI"
                        + " result version \"5678.456\"",
                "{'cniVersion':'1.0.0','prevResult':'x'} | \"prevResult\" must be an object, not a string"
                        + " (\"x\")"
            })
    void prevResult_another_isError6(String config, String message) throws Exception {
        PluginRequest request = request(CniCommand.ADD, config, ProcessDelegator.create());

        CniException e = catchThrowableOfType(CniException.class, request::prevResult);

        assertThat(e.code()).isEqualTo(6);
        assertThat(e).hasMessage(message);
    }

    @Test
    void prevResult_absent_isNoneOrRequired() throws Exception {
        PluginRequest request = request(CniCommand.CHECK, "{}", ProcessDelegator.create());

        assertThat(request.prevResult()).isEmpty();
        assertThatThrownBy(request::requirePrevResult).hasMessage("Required prevResult missing");
    }

    @Test
    void request_wellKnownKeys_areRead() throws Exception {
        PluginRequest request =
                request(
                        CniCommand.GC,
                        "{'name':'n','RuntimeConfig':{'mac':'m'},'args':{'cni':{'ips':['a']}},"
                                + "'cni.dev/valid-attachments':[{'containerID':'c','ifname':'i'}]}",
                        ProcessDelegator.create());

        assertThat(request.cniVersion()).isEqualTo("0.1.0");
        assertThat(request.networkName()).isEqualTo("n");
        assertThat(request.runtimeConfig().string("mac")).contains("m");
        assertThat(request.configArgs().strings("ips")).containsExactly("a");
        assertThat(request.ipamType()).isEmpty();
        assertThat(request.validAttachments()).containsExactly(new CniAttachment("c", "i"));
        assertThat(request.path()).containsExactly("/nowhere", plugins.path().getFirst());
        assertThat(request.netns()).isEmpty();
        assertThat(request.as(CniCommand.GC)).isSameAs(request);
    }

    private List<CniAttachment> valid(String config) throws Exception {
        return request(CniCommand.GC, config, ProcessDelegator.create()).validAttachments();
    }

    @Test
    void validAttachments_underTheNameOfLibcni12_areRead() throws Exception {
        assertThat(valid("{'cni.dev/attachments':[{'containerID':'c','ifname':'i'}]}"))
                .containsExactly(new CniAttachment("c", "i"));
        assertThat(
                        valid(
                                "{'cni.dev/attachments':[{'containerID':'c','ifname':'i'}],"
                                        + "'cni.dev/valid-attachments':[]}"))
                .isEmpty();
        assertThat(valid("{'cni.dev/valid-attachments':null}")).isEmpty();
    }

    @Test
    void validAttachments_missingOrMalformed_areRefused() {
        for (String config :
                List.of(
                        "{}",
                        "{'cni.dev/valid-attachments':[{}]}",
                        "{'cni.dev/valid-attachments':[{'containerID':'c'}]}")) {
            assertThatThrownBy(() -> valid(config))
                    .isInstanceOfSatisfying(
                            CniException.class,
                            e -> {
                                assertThat(e.code()).isEqualTo(CniException.INVALID_CONFIG);
                                assertThat(e.msg()).contains("cni.dev/valid-attachments");
                                assertThat(e.details()).contains("nothing was removed");
                            });
        }
        assertThatThrownBy(() -> valid("{'cni.dev/valid-attachments':{}}"))
                .hasMessageContaining("cni.dev/valid-attachments");
    }
}
