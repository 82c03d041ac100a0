package dev.kakehashi.cni.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.config.PluginConfig;
import dev.kakehashi.cni.exec.FakePlugins;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.EncodedResult;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

@Timeout(60)
class CniRuntimeTest {
    private static final String RESULT =
            "{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.1.2.3/24\"}]}";

    @TempDir private Path folder;
    private FakePlugins plugins;
    private RuntimeSettings settings;
    private RuntimeConf conf = RuntimeConf.of("some-id", "/proc/7/ns/net", "eth0");

    @BeforeEach
    void install() throws IOException {
        plugins = FakePlugins.in(folder).install("one").install("two").install("three");
        for (String type : List.of("one", "two", "three")) {
            plugins.on(type, "ADD", "echo '" + RESULT + "'");
        }
        settings = RuntimeSettings.of(plugins.path()).cacheFolder(folder.resolve("cache"));
    }

    private CniRuntime runtime() {
        return CniRuntime.with(settings);
    }

    private static NetworkConfigList list(String version, String extra) throws CniException {
        return NetworkConfigList.parse(
                ("{'name':'net','cniVersion':'"
                                + version
                                + "',"
                                + extra
                                + "'plugins':[{'type':'one','capabilities':{'a':true,'b':false,'c':true},'own':[1.50]},"
                                + "{'type':'two','name':'second'},{'type':'three'}]}")
                        .replace('\'', '"')
                        .getBytes(UTF_8));
    }

    private static NetworkConfigList list(String version) throws CniException {
        return list(version, "");
    }

    private static PluginConfig single(String version) throws CniException {
        return PluginConfig.parse(
                ("{\"name\":\"net\",\"type\":\"one\",\"cniVersion\":\"" + version + "\"}")
                        .getBytes(UTF_8));
    }

    private Path cacheFile() {
        return folder.resolve("cache/results/net-some-id-eth0");
    }

    private String prevIp(String type, String command) throws Exception {
        JsonObject prev = plugins.stdin(type, command).object("prevResult").orElseThrow();
        return prev.objects("ips").getFirst().string("address", "");
    }

    @Test
    void add_list_runsEachInOrderWithTheResultBefore() throws Exception {
        plugins.on("two", "ADD", "echo '" + RESULT.replace("10.1.2.3", "10.2.2.2") + "'");

        EncodedResult result = runtime().add(list("1.0.0"), conf);

        assertThat(plugins.calls())
                .containsExactly(
                        "one ADD some-id eth0", "two ADD some-id eth0", "three ADD some-id eth0");
        assertThat(plugins.stdin("one", "ADD").has("prevResult")).isFalse();
        assertThat(prevIp("two", "ADD")).isEqualTo("10.1.2.3/24");
        assertThat(prevIp("three", "ADD")).isEqualTo("10.2.2.2/24");
        assertThat(result.json()).isEqualTo(JsonParser.parseObject(RESULT));
        assertThat(result.decode().ips()).hasSize(1);
    }

    @Test
    void add_request_hasNameAndVersionAndAllOtherKeysButNotCapabilities() throws Exception {
        runtime().add(list("1.0.0"), conf);

        assertThat(plugins.stdin("one", "ADD"))
                .hasToString(
                        "{\"type\":\"one\",\"own\":[1.50],\"name\":\"net\",\"cniVersion\":\"1.0.0\"}");
        assertThat(plugins.stdin("two", "ADD").string("name")).contains("net");
    }

    @Test
    void add_environment_isOursWithTheParameters() throws Exception {
        settings = settings.environment(Map.of("PATH", "/bin:/usr/bin", "CNI_ARGS", "no"));

        runtime()
                .add(
                        list("1.0.0"),
                        conf.withArgs(List.of(new CniArg("A", "1"), new CniArg("B", "2"))));

        assertThat(plugins.environment("one", "ADD"))
                .containsEntry("CNI_COMMAND", "ADD")
                .containsEntry("CNI_CONTAINERID", "some-id")
                .containsEntry("CNI_NETNS", "/proc/7/ns/net")
                .containsEntry("CNI_IFNAME", "eth0")
                .containsEntry("CNI_ARGS", "A=1;B=2")
                .containsEntry("CNI_PATH", plugins.path().getFirst())
                .containsEntry("PATH", "/bin:/usr/bin")
                .doesNotContainKey("HOME");
    }

    @Test
    void add_capabilityArgs_reachOnlyWhoDeclaresThemTrue() throws Exception {
        JsonObject args = JsonParser.parseObject("{\"a\":{\"x\":1},\"b\":2,\"A\":3,\"d\":4}");

        runtime().add(list("1.0.0"), conf.withCapabilityArgs(args));

        assertThat(plugins.stdin("one", "ADD").object("runtimeConfig").orElseThrow())
                .hasToString("{\"a\":{\"x\":1}}");
        assertThat(plugins.stdin("two", "ADD").has("runtimeConfig")).isFalse();
    }

    @Test
    void add_runtimeConfigWrittenByAnAdmin_passesUnlessReplaced() throws Exception {
        NetworkConfigList list =
                NetworkConfigList.parse(
                        ("{\"name\":\"net\",\"cniVersion\":\"1.0.0\",\"plugins\":[{\"type\":\"one\","
                                        + "\"RuntimeConfig\":{\"bandWidth\":1},\"capabilities\":{\"a\":true}}]}")
                                .getBytes(UTF_8));

        runtime().add(list, conf);
        assertThat(plugins.stdin("one", "ADD").exact("RuntimeConfig").orElseThrow())
                .hasToString("{\"bandWidth\":1}");

        runtime().add(list, conf.withCapabilityArgs(JsonParser.parseObject("{\"a\":7}")));
        assertThat(plugins.stdin("one", "ADD").find("runtimeconfig").orElseThrow())
                .hasToString("{\"a\":7}");
    }

    @Test
    void add_resultOfAnotherVersion_reachesTheNextInTheConfigs() throws Exception {
        runtime().add(list("0.3.1"), conf);

        assertThat(plugins.stdin("two", "ADD").object("prevResult").orElseThrow())
                .hasToString(
                        "{\"cniVersion\":\"0.3.1\",\"ips\":[{\"version\":\"4\",\"address\":\"10.1.2.3/24\"}],"
                                + "\"dns\":{}}");
    }

    @Test
    void add_noVersion_means010() throws Exception {
        plugins.on("one", "ADD", "echo '{\"ip4\":{\"ip\":\"10.1.2.3/24\"}}'");
        NetworkConfigList list =
                NetworkConfigList.parse(
                        "{\"name\":\"net\",\"plugins\":[{\"type\":\"one\"}]}".getBytes(UTF_8));

        assertThat(runtime().add(list, conf).json().string("cniVersion")).contains("0.1.0");
    }

    @Test
    void add_secondFails_stopsThereWithItsErrorAndRemembersNothing() throws Exception {
        plugins.on(
                "two", "ADD", "echo '{\"code\":111,\"msg\":\"broke\",\"details\":\"d\"}'; exit 1");

        CniException e =
                catchThrowableOfType(CniException.class, () -> runtime().add(list("1.0.0"), conf));

        assertThat(e.code()).isEqualTo(111);
        assertThat(e).hasMessage("plugin type=\"two\" name=\"second\" failed (add): broke; d");
        assertThat(plugins.calls()).hasSize(2);
        assertThat(cacheFile()).doesNotExist();
    }

    @Test
    void add_pluginMissing_isAnError() throws Exception {
        Files.delete(Path.of(plugins.binary("three")));

        assertThatThrownBy(() -> runtime().add(list("1.0.0"), conf))
                .hasMessage(
                        "plugin type=\"three\" failed (add): failed to find plugin \"three\" in path "
                                + plugins.path());
    }

    @ParameterizedTest
    @CsvSource({
        "'',eth0,3,missing containerID",
        "../x,eth0,4,invalid characters in containerID",
        "id,'',4,interface name is empty",
        "id,0123456789012345,4,interface name is too long",
        "id,..,4,interface name is . or ..",
        "id,a/b,4,interface name contains / or : or whitespace characters"
    })
    void add_badParameters_runNothing(String id, String ifName, int code, String msg)
            throws Exception {
        CniException e =
                catchThrowableOfType(
                        CniException.class,
                        () -> runtime().add(list("1.0.0"), RuntimeConf.of(id, "/x", ifName)));

        assertThat(e.code()).isEqualTo(code);
        assertThat(e.msg()).isEqualTo("plugin type=\"one\" failed (add): " + msg);
        assertThat(plugins.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'',missing network name:", "n/,invalid characters found in network name"})
    void add_badNetworkName_isError7(String name, String msg) throws Exception {
        NetworkConfigList list =
                NetworkConfigList.parse(
                        ("{\"name\":\"" + name + "\",\"plugins\":[{\"type\":\"one\"}]}")
                                .getBytes(UTF_8));

        CniException e = catchThrowableOfType(CniException.class, () -> runtime().add(list, conf));

        assertThat(e.code()).isEqualTo(7);
        assertThat(e.msg()).endsWith(msg);
    }

    @Test
    void add_cacheUnusable_isAnErrorThatNamesTheNetwork() throws Exception {
        Files.writeString(folder.resolve("cache"), "a file");

        assertThatThrownBy(() -> runtime().add(list("1.0.0"), conf))
                .hasMessageStartingWith(
                        "failed to set network \"net\" cached result: failed to write ");
    }

    @Test
    void add_success_writesTheCacheAsLibcniDoes() throws Exception {
        NetworkConfigList list = list("1.0.0");

        runtime()
                .add(
                        list,
                        conf.withArgs(List.of(new CniArg("K", "V")))
                                .withCapabilityArgs(JsonParser.parseObject("{\"b\":1,\"a\":2}")));

        String base64 = Base64.getEncoder().encodeToString(list.source().getBytes(UTF_8));
        assertThat(cacheFile())
                .hasContent(
                        "{\"kind\":\"cniCacheV1\",\"containerId\":\"some-id\",\"config\":\""
                                + base64
                                + "\",\"ifName\":\"eth0\",\"networkName\":\"net\",\"netns\":\"/proc/7/ns/net\","
                                + "\"cniArgs\":[[\"K\",\"V\"]],\"capabilityArgs\":{\"a\":2,\"b\":1},"
                                + "\"result\":"
                                + RESULT
                                + "}");
        assertThat(Files.getPosixFilePermissions(cacheFile()))
                .hasToString("[OWNER_READ, OWNER_WRITE]");
        assertThat(Files.getPosixFilePermissions(folder.resolve("cache/results"))).hasSize(3);
        try (var files = Files.list(folder.resolve("cache"))) {
            assertThat(files).as("no temporary file is left").hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.4.0", "1.0.0", "1.1.0"})
    void check_list_givesEachTheFinalResultInOrder(String version) throws Exception {
        plugins.on("three", "ADD", "echo '" + RESULT.replace("10.1.2.3", "10.3.3.3") + "'");
        runtime().add(list(version), conf);

        runtime().check(list(version), conf);

        assertThat(plugins.calls().subList(3, 6))
                .containsExactly(
                        "one CHECK some-id eth0",
                        "two CHECK some-id eth0",
                        "three CHECK some-id eth0");
        for (String type : List.of("one", "two", "three")) {
            assertThat(prevIp(type, "CHECK")).isEqualTo("10.3.3.3/24");
        }
    }

    @Test
    void check_belowVersion040_isRefused() throws Exception {
        CniException e =
                catchThrowableOfType(
                        CniException.class, () -> runtime().check(list("0.3.1"), conf));

        assertThat(e.code()).isEqualTo(1);
        assertThat(e)
                .hasMessage("configuration version \"0.3.1\" does not support the CHECK command");
        assertThatThrownBy(() -> runtime().checkPlugin(single("0.3.1"), conf))
                .hasMessage("configuration version \"0.3.1\" does not support the CHECK command");
        assertThat(plugins.calls()).isEmpty();
    }

    @Test
    void check_disabled_runsNothing() throws Exception {
        runtime().check(list("1.0.0", "'disableCheck':'true',"), conf);

        assertThat(plugins.calls()).isEmpty();
    }

    @Test
    void check_firstFails_stopsThereWithItsErrorUnchanged() throws Exception {
        plugins.on("one", "CHECK", "echo '{\"code\":101,\"msg\":\"gone\"}'; exit 1");

        CniException e =
                catchThrowableOfType(
                        CniException.class, () -> runtime().check(list("1.0.0"), conf));

        assertThat(e).hasMessage("gone");
        assertThat(e.code()).isEqualTo(101);
        assertThat(plugins.calls()).hasSize(1);
    }

    @Test
    void check_nothingRemembered_runsWithoutResult() throws Exception {
        runtime().check(list("1.0.0"), conf);

        assertThat(plugins.stdin("one", "CHECK").has("prevResult")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"cniVersion\":\"9.0.0\"}",
                "{\"kind\":\"cniCacheV1\",\"result\":3}"
            })
    void checkAndDel_cacheBroken_failTheOneAndNotTheOther(String content) throws Exception {
        Files.createDirectories(cacheFile().getParent());
        Files.writeString(cacheFile(), content);

        assertThatThrownBy(() -> runtime().check(list("1.0.0"), conf))
                .hasMessageStartingWith("failed to get network \"net\" cached result: ");
        assertThat(plugins.calls()).isEmpty();

        runtime().del(list("1.0.0"), conf);
        assertThat(plugins.calls()).hasSize(3);
        assertThat(plugins.stdin("one", "DEL").has("prevResult")).isFalse();
        assertThat(cacheFile()).doesNotExist();
    }

    @Test
    void check_resultThatTheVersionCannotSay_namesTheVersion() throws Exception {
        Files.createDirectories(cacheFile().getParent());
        Files.writeString(cacheFile(), "{\"cniVersion\":\"0.4.0\"}");

        assertThatThrownBy(() -> runtime().cache().result("net", "0.2.0", conf))
                .hasMessage(
                        "failed to convert cached result to config version \"0.2.0\": cannot convert: no"
                                + " valid IP addresses");
        assertThat(runtime().cache().result("net", "1.0.0", conf)).isPresent();
    }

    @Test
    void check_bareResultOfAnOldRuntime_isRead() throws Exception {
        Files.createDirectories(cacheFile().getParent());
        Files.writeString(
                cacheFile(), "{\"cniVersion\":\"0.2.0\",\"ip4\":{\"ip\":\"10.5.5.5/24\"}}");

        runtime().check(list("0.4.0"), conf);

        assertThat(prevIp("one", "CHECK")).isEqualTo("10.5.5.5/24");
    }

    @Test
    void del_list_runsBackwardsWithTheFinalResultAndForgets() throws Exception {
        runtime().add(list("1.0.0"), conf);

        runtime().del(list("1.0.0"), conf);

        assertThat(plugins.calls().subList(3, 6))
                .containsExactly(
                        "three DEL some-id eth0", "two DEL some-id eth0", "one DEL some-id eth0");
        assertThat(prevIp("one", "DEL")).isEqualTo("10.1.2.3/24");
        assertThat(cacheFile()).doesNotExist();

        runtime().del(list("1.0.0"), conf);
        assertThat(plugins.calls()).hasSize(9);
        assertThat(plugins.stdin("one", "DEL").has("prevResult")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.3.1", "0.2.0"})
    void del_belowVersion040_passesNoResult(String version) throws Exception {
        runtime().add(list(version), conf);

        runtime().del(list(version), conf);

        assertThat(plugins.stdin("one", "DEL").has("prevResult")).isFalse();
        assertThat(cacheFile()).doesNotExist();
    }

    @Test
    void del_oneFails_stopsThereAndRemembers() throws Exception {
        runtime().add(list("1.0.0"), conf);
        plugins.on("two", "DEL", "echo '{\"code\":5,\"msg\":\"busy\"}'; exit 1");

        CniException e =
                catchThrowableOfType(CniException.class, () -> runtime().del(list("1.0.0"), conf));

        assertThat(e).hasMessage("plugin type=\"two\" name=\"second\" failed (delete): busy");
        assertThat(e.code()).isEqualTo(5);
        assertThat(plugins.calls()).hasSize(5).doesNotContain("one DEL some-id eth0");
        assertThat(cacheFile()).exists();
    }

    @Test
    void singlePlugin_addCheckDel_workAlike() throws Exception {
        EncodedResult result = runtime().addPlugin(single("1.0.0"), conf);
        assertThat(result.decode().ips()).hasSize(1);
        assertThat(cacheFile()).exists();

        runtime().checkPlugin(single("1.0.0"), conf);
        assertThat(prevIp("one", "CHECK")).isEqualTo("10.1.2.3/24");

        runtime().delPlugin(single("1.0.0"), conf);
        assertThat(prevIp("one", "DEL")).isEqualTo("10.1.2.3/24");
        assertThat(cacheFile()).doesNotExist();
        assertThat(plugins.calls()).hasSize(3);
    }

    @Test
    void singlePlugin_failure_isThrownUnwrapped() throws Exception {
        plugins.on("one", "ADD", "echo '{\"code\":11,\"msg\":\"later\"}'; exit 1");

        assertThatThrownBy(() -> runtime().addPlugin(single("1.0.0"), conf)).hasMessage("later");
        assertThat(cacheFile()).doesNotExist();
    }

    @Test
    void gc_attachmentsNotValid_areDeletedThenPluginsCollect() throws Exception {
        RuntimeConf stale =
                RuntimeConf.of("stale", "/proc/9/ns/net", "net1")
                        .withArgs(List.of(new CniArg("K", "V")));
        runtime().add(list("1.1.0"), conf);
        runtime().add(list("1.1.0"), stale);

        runtime().gc(list("1.1.0"), Set.of(conf.attachment()));

        assertThat(plugins.calls().subList(6, 12))
                .containsExactly(
                        "three DEL stale net1",
                        "two DEL stale net1",
                        "one DEL stale net1",
                        "one GC",
                        "two GC",
                        "three GC");
        assertThat(plugins.environment("one", "DEL"))
                .containsEntry("CNI_NETNS", "/proc/9/ns/net")
                .containsEntry("CNI_ARGS", "K=V");
        assertThat(plugins.environment("one", "GC"))
                .containsEntry("CNI_CONTAINERID", "")
                .containsEntry("CNI_NETNS", "")
                .containsEntry("CNI_IFNAME", "")
                .containsEntry("CNI_ARGS", "")
                .containsEntry("CNI_PATH", plugins.path().getFirst());
        assertThat(plugins.stdin("one", "GC").array("cni.dev/valid-attachments"))
                .hasToString("[{\"containerID\":\"some-id\",\"ifname\":\"eth0\"}]");
        assertThat(plugins.stdin("one", "GC").array("cni.dev/attachments")).hasSize(1);
        assertThat(plugins.stdin("one", "GC").has("prevResult")).isFalse();
        assertThat(cacheFile()).exists();
        assertThat(folder.resolve("cache/results/net-stale-net1")).doesNotExist();
    }

    @Test
    void gc_otherNetworks_areSpared() throws Exception {
        runtime().add(list("1.0.0"), conf);
        NetworkConfigList other =
                NetworkConfigList.parse(
                        "{\"name\":\"ne\",\"cniVersion\":\"1.0.0\",\"plugins\":[{\"type\":\"one\"}]}"
                                .getBytes(UTF_8));

        runtime().gc(other, Set.of());

        assertThat(plugins.calls()).as("1.0.0 knows no GC").hasSize(3);
        assertThat(cacheFile()).exists();
    }

    @Test
    void gc_failures_areAllToldAndStopNothing() throws Exception {
        runtime().add(list("1.1.0"), conf);
        plugins.on("three", "DEL", "echo '{\"code\":5,\"msg\":\"stuck\"}'; exit 1");
        plugins.on("one", "GC", "echo '{\"code\":5,\"msg\":\"no\"}'; exit 1");

        CniException e =
                catchThrowableOfType(
                        CniException.class, () -> runtime().gc(list("1.1.0"), List.of()));

        assertThat(e)
                .hasMessage(
                        "failed to delete stale attachment some-id eth0: plugin type=\"three\" failed"
                                + " (delete): stuck\n"
                                + "failed to GC plugin one: no");
        assertThat(plugins.calls().subList(4, 7)).containsExactly("one GC", "two GC", "three GC");

        plugins.on("three", "DEL", "");
        assertThatThrownBy(() -> runtime().gc(list("1.1.0"), List.of()))
                .isInstanceOfSatisfying(
                        CniException.class, single -> assertThat(single.code()).isEqualTo(5));
    }

    @Test
    void gc_disabled_doesNothing() throws Exception {
        runtime().add(list("1.1.0"), conf);

        runtime().gc(list("1.1.0", "'disableGC':true,"), List.of());

        assertThat(plugins.calls()).hasSize(3);
        assertThat(cacheFile()).exists();
    }

    @Test
    void status_allReady_asksEachInOrder() throws Exception {
        runtime().status(list("1.1.0"));

        assertThat(plugins.calls()).containsExactly("one STATUS", "two STATUS", "three STATUS");
        assertThat(plugins.stdin("one", "STATUS").string("name")).contains("net");
        assertThat(plugins.environment("one", "STATUS")).containsEntry("CNI_CONTAINERID", "");
    }

    @Test
    void status_oneNotReady_isThrownUnchanged() throws Exception {
        plugins.on("two", "STATUS", "echo '{\"code\":50,\"msg\":\"full\"}'; exit 1");

        CniException e =
                catchThrowableOfType(CniException.class, () -> runtime().status(list("1.1.0")));

        assertThat(e).hasMessage("full");
        assertThat(e.code()).isEqualTo(50);
        assertThat(plugins.calls()).hasSize(2);
    }

    @Test
    void status_belowVersion110_runsNothing() throws Exception {
        runtime().status(list("1.0.0"));

        assertThat(plugins.calls()).isEmpty();
    }

    @Test
    void validate_goodList_givesTheCapabilities() throws Exception {
        assertThat(runtime().validate(list("0.4.0"))).containsExactly("a", "c");
        assertThat(runtime().validatePlugin(single(""))).isEmpty();
    }

    @Test
    void validate_problems_areAllTold() throws Exception {
        Files.delete(Path.of(plugins.binary("one")));
        plugins.on(
                "two",
                "VERSION",
                "echo '{\"cniVersion\":\"0.4.0\",\"supportedVersions\":[\"0.4.0\"]}'");

        assertThatThrownBy(() -> runtime().validate(list("1.0.0")))
                .hasMessage(
                        "[failed to find plugin \"one\" in path "
                                + plugins.path()
                                + " plugin two does not support config version \"1.0.0\"]");
    }

    @Test
    void versions_probe_givesDummiesToOldPlugins() throws Exception {
        assertThat(runtime().versions("one")).hasSize(7);

        assertThat(plugins.environment("one", "VERSION"))
                .containsEntry("CNI_NETNS", "dummy")
                .containsEntry("CNI_IFNAME", "dummy")
                .containsEntry("CNI_PATH", "dummy")
                .containsEntry("CNI_CONTAINERID", "")
                .containsEntry("CNI_ARGS", "");
        assertThat(plugins.stdin("one", "VERSION")).hasToString("{\"cniVersion\":\"1.1.0\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "echo '{\"code\":4,\"msg\":\"unknown CNI_COMMAND: VERSION\"}'; exit 1 | [0.1.0]",
                "echo '{\"cniVersion\":\"0.2.0\"}' | [0.1.0, 0.2.0]",
                "echo '{\"cniVersion\":\"0.3.1\",\"supportedVersions\":[\"0.3.1\"]}' | [0.3.1]"
            })
    void versions_everyGeneration_isUnderstood(String shell, String versions) throws Exception {
        plugins.on("one", "VERSION", shell);

        assertThat(runtime().versions("one")).hasToString(versions);
    }

    @Test
    void versions_pluginFails_isThrown() throws Exception {
        plugins.on("one", "VERSION", "echo '{\"code\":4,\"msg\":\"nope\"}'; exit 1");

        assertThatThrownBy(() -> runtime().versions("one")).hasMessage("nope");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ADD", "CHECK", "DEL", "GC", "STATUS", "VERSION"})
    void anyOperation_sleepingPlugin_endsInTime(String command) throws Exception {
        plugins.on("one", command, "sleep 60").on("three", command, "sleep 60");
        settings = settings.timeout(Duration.ofMillis(200));

        assertThatThrownBy(
                        () -> {
                            switch (command) {
                                case "ADD" -> runtime().add(list("1.1.0"), conf);
                                case "CHECK" -> runtime().check(list("1.1.0"), conf);
                                case "DEL" -> runtime().del(list("1.1.0"), conf);
                                case "GC" -> runtime().gc(list("1.1.0"), List.of());
                                case "STATUS" -> runtime().status(list("1.1.0"));
                                default -> runtime().validate(list("1.1.0"));
                            }
                        })
                .hasMessageContaining("and was killed");
    }

    @Test
    void trace_validSpan_reachesThePlugins() throws Exception {
        String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        settings = settings.trace(TraceContext.of(parent, "a=b", "k=v").orElseThrow());

        runtime().add(list("1.0.0"), conf);

        assertThat(plugins.environment("one", "ADD"))
                .containsEntry("TRACEPARENT", parent)
                .containsEntry("TRACESTATE", "a=b")
                .containsEntry("BAGGAGE", "k=v");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01"
            })
    void trace_invalidSpan_isNone(String traceparent) {
        assertThat(TraceContext.of(traceparent, "", "")).isEmpty();
    }

    @Test
    void cache_eachAttachment_hasAFileOfItsOwn() throws Exception {
        RuntimeConf second = RuntimeConf.of("some-id", "/x", "eth1");
        RuntimeConf third = RuntimeConf.of("id2", "/x", "eth0");
        for (RuntimeConf one : List.of(conf, second, third)) {
            runtime().add(list("1.0.0"), one);
        }

        assertThat(runtime().cache().attachments(""))
                .extracting(a -> a.conf().attachment())
                .containsExactly(
                        new CniAttachment("id2", "eth0"),
                        new CniAttachment("some-id", "eth0"),
                        new CniAttachment("some-id", "eth1"));
        assertThat(runtime().cache().attachments("some-id")).hasSize(2);
        assertThat(runtime().cache().attachments("id")).isEmpty();
        assertThat(runtime().cache().attachments("net")).isEmpty();
    }

    @Test
    void cache_entry_refillsTheParameters() throws Exception {
        JsonObject args = JsonParser.parseObject("{\"a\":[1]}");
        runtime()
                .add(
                        list("1.0.0"),
                        conf.withArgs(List.of(new CniArg("A", "1"))).withCapabilityArgs(args));

        CachedAttachment cached = runtime().cache().entry("net", conf).orElseThrow();

        assertThat(cached.config()).isEqualTo(list("1.0.0").source());
        assertThat(cached.conf().args()).containsExactly(new CniArg("A", "1"));
        assertThat(cached.conf().capabilityArgs()).isEqualTo(args);
        assertThat(cached.conf().netns()).isEqualTo(conf.netns());
        assertThat(runtime().cache().entry("other", conf)).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | failed to unmarshal cached network \"net\" config: ",
                "{\"kind\":\"other\"} | read cached network \"net\" config has wrong kind: other",
                "{\"kind\":\"cniCacheV1\",\"config\":\"%\"} | failed to unmarshal cached network \"net\" config:"
                        + " \"config\" is not base64",
                "{\"kind\":\"cniCacheV1\",\"cniArgs\":[[\"a\"]]} | failed to unmarshal cached network \"net\""
                        + " config: \"cniArgs\""
            })
    void cache_brokenEntry_isAnErrorForOneAndPassedOverAmongMany(String content, String message)
            throws Exception {
        Files.createDirectories(cacheFile().getParent());
        Files.writeString(cacheFile(), content);

        assertThatThrownBy(() -> runtime().cache().entry("net", conf))
                .hasMessageStartingWith(message);
        assertThat(runtime().cache().attachments("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'',id,eth0", "net,'',eth0", "net,id,''"})
    void cache_missingName_isAnError(String network, String id, String ifName) {
        assertThatThrownBy(() ->
                        runtime().cache().result(network, "1.0.0", RuntimeConf.of(id, "", ifName)))
                .hasMessage(
                        "cache file path requires network name (\""
                                + network
                                + "\"), container ID (\""
                                + id
                                + "\"), and interface name (\""
                                + ifName
                                + "\")");
    }

    @Test
    void cache_nameThatIsAPath_reachesNoFile() throws Exception {
        Path victim = Files.writeString(folder.resolve("victim"), "{}");
        RuntimeConf evil = RuntimeConf.of("x/../../../victim", "", "../victim");

        assertThatThrownBy(() -> runtime().cache().result("net", "1.0.0", evil))
                .hasMessageContaining("must not contain");
        runtime().cache().remove("net", evil);
        runtime().del(list("1.0.0"), evil);

        assertThat(victim).exists();
    }
}
