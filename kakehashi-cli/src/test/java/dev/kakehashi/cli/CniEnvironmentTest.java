package dev.kakehashi.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.runtime.CniArg;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.Map;

class CniEnvironmentTest {
    @Test
    void of_nothingSet_hasTheDefaults() {
        CniEnvironment environment = CniEnvironment.of(Map.of("CNI_IFNAME", "", "CNI_PATH", ""));

        assertThat(environment.pluginFolders()).containsExactly("/opt/cni/bin");
        assertThat(environment.configFolder()).isEqualTo(Path.of("/etc/cni/net.d"));
        assertThat(environment.ifName()).isEqualTo("eth0");
        assertThat(environment.args()).isEmpty();
        assertThat(environment.capabilityArgs().isEmpty()).isTrue();
    }

    @Test
    void of_allSet_isRead() {
        CniEnvironment environment =
                CniEnvironment.of(
                        Map.of(
                                "CNI_PATH",
                                "/a:/b",
                                "NETCONFPATH",
                                "/nets",
                                "CNI_IFNAME",
                                "net1",
                                "CNI_ARGS",
                                "MAC=02:00:00:00:00:01;IP=10.0.0.2",
                                "CAP_ARGS",
                                "{\"mac\": \"02:00:00:00:00:01\"}"));

        assertThat(environment.pluginFolders()).containsExactly("/a", "/b");
        assertThat(environment.configFolder()).isEqualTo(Path.of("/nets"));
        assertThat(environment.ifName()).isEqualTo("net1");
        assertThat(environment.args())
                .containsExactly(
                        new CniArg("MAC", "02:00:00:00:00:01"), new CniArg("IP", "10.0.0.2"));
        assertThat(environment.capabilityArgs().toCompactString())
                .isEqualTo("{\"mac\":\"02:00:00:00:00:01\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "A=", "=1", "A=1;", "A=1=2", "A=1;B"})
    void of_argsThatAreNoPairs_namesThePair(String args) {
        assertThatThrownBy(() -> CniEnvironment.of(Map.of("CNI_ARGS", args)))
                .hasMessageStartingWith("invalid CNI_ARGS pair \"");
    }

    @Test
    void of_capabilityArgsThatAreNoObject_namesTheVariable() {
        assertThatThrownBy(() -> CniEnvironment.of(Map.of("CAP_ARGS", "[1]")))
                .hasMessageStartingWith("invalid CAP_ARGS: ");
    }

    /** The digest is the first ten bytes of what `printf /run/netns/one | sha512sum` prints. */
    @Test
    void idOf_path_isThatOfCnitool() {
        assertThat(CniContainer.idOf("/run/netns/one")).isEqualTo("cnitool-efa556b292a7ce0031dd");
    }

    @Test
    void netns_path_isAbsoluteAndClean() {
        assertThat(CniContainer.netns("/run/../run/netns/./one")).isEqualTo("/run/netns/one");
        assertThat(CniContainer.netns("one")).isEqualTo(Path.of("one").toAbsolutePath().toString());
    }

    @ParameterizedTest
    @CsvSource({
        "c1, c1, net9",
        "c1:eth1, c1, eth1",
        "/run/netns/one, cnitool-efa556b292a7ce0031dd, net9",
        "/run/netns/one:eth1, cnitool-efa556b292a7ce0031dd, eth1",
    })
    void attachment_eitherForm_isRead(String text, String id, String ifName) {
        assertThat(CniContainer.attachment(text, "net9")).isEqualTo(new CniAttachment(id, ifName));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":eth0", "c1:"})
    void attachment_halfOfOne_isRefused(String text) {
        assertThatThrownBy(() -> CniContainer.attachment(text, "eth0"))
                .hasMessageContaining("is not NETNS[:IFNAME] or ID[:IFNAME]");
    }
}
