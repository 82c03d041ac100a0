package dev.kakehashi.cni.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.CniCommand;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a plugin is called: its command and the variables of its environment. */
class PluginDispatcherTest extends DispatcherBed {
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
}
