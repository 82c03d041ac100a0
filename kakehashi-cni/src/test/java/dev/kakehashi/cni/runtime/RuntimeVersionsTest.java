package dev.kakehashi.cni.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeVersionsTest extends RuntimeFixture {
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
}
