package dev.kakehashi.cni.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.EncodedResult;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuntimeDelTest extends RuntimeFixture {
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
}
