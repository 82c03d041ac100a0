package dev.kakehashi.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CniVersionTest {
    @ParameterizedTest
    @CsvSource({
        "'',0.1.0",
        "0.4,0.4.0",
        "1,1.0.0",
        "0.3.1,0.3.1",
        "10.20.30,10.20.30",
        "01.02.03,1.2.3"
    })
    void parse_upToThreeNumbers_areRead(String text, String version) throws Exception {
        assertThat(CniVersion.parse(text)).hasToString(version);
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.3.4,'invalid version \"1.2.3.4\": too many parts'",
        "a,'failed to convert major version part \"a\": '",
        ".1,'failed to convert major version part \"\": '",
        "1.,'failed to convert minor version part \"\": '",
        "1.2.x,'failed to convert micro version part \"x\": '",
        "1.2.99999999999,'failed to convert micro version part \"99999999999\": '"
    })
    void parse_anythingElse_isError6(String text, String msg) {
        CniException e = catchThrowableOfType(CniException.class, () -> CniVersion.parse(text));

        assertThat(e.code()).isEqualTo(6);
        assertThat(e.msg()).startsWith(msg);
    }

    @Test
    void compare_publishedVersions_areInOrder() throws Exception {
        assertThat(CniVersion.ALL).isSorted().doesNotHaveDuplicates();
        assertThat(CniVersion.parse("1.0.1").atLeast(CniVersion.V1_0_0)).isTrue();
        assertThat(CniVersion.parse("0.10.0").atLeast(CniVersion.V0_4_0)).isTrue();
        assertThat(CniVersion.parse("0.9.9").atLeast(CniVersion.V1_0_0)).isFalse();
        assertThat(CniVersion.since(CniVersion.V0_4_0))
                .containsExactly(CniVersion.V0_4_0, CniVersion.V1_0_0, CniVersion.V1_1_0);
    }

    @Test
    void exact_otherSpellings_areNone() {
        assertThat(CniVersion.exact("0.4.0")).contains(CniVersion.V0_4_0);
        assertThat(CniVersion.exact("")).contains(CniVersion.V0_1_0);
        assertThat(CniVersion.exact("0.4")).isEmpty();
        assertThat(CniVersion.exact("1.2.0")).isEmpty();
    }
}
