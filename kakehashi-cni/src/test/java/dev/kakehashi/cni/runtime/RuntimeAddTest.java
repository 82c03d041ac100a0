package dev.kakehashi.cni.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.EncodedResult;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;

class RuntimeAddTest extends RuntimeFixture {
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
}
