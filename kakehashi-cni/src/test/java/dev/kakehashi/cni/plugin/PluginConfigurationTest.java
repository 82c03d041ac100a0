package dev.kakehashi.cni.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/** What the dispatcher reads from standard input: configurations and their versions. */
class PluginConfigurationTest extends DispatcherBed {
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
}
