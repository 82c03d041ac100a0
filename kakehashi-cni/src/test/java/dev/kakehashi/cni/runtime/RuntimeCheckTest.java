package dev.kakehashi.cni.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kakehashi.cni.CniException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.util.List;

class RuntimeCheckTest extends RuntimeFixture {
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
}
