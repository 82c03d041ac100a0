package dev.kakehashi.cni.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kakehashi.cni.CniException;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;

class RuntimeStatusTest extends RuntimeFixture {
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
}
