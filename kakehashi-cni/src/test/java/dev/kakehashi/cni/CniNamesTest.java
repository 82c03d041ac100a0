package dev.kakehashi.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CniNamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "Z9", "a_b.c-d", "a..b", "x-"})
    void check_goodName_isAccepted(String name) {
        assertThatCode(() -> CniNames.checkContainerId(name)).doesNotThrowAnyException();
        assertThatCode(() -> CniNames.checkNetworkName(name)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {".", "..", "../a", "-a", "_a", "a/b", "a b", "a\n", "é", "aé", "a%", "a\0"})
    void check_badName_isRefused(String name) {
        CniException id =
                catchThrowableOfType(CniException.class, () -> CniNames.checkContainerId(name));
        assertThat(id.code()).isEqualTo(4);
        assertThat(id.msg()).isEqualTo("invalid characters in containerID");
        assertThat(id.details()).isEqualTo(name);

        CniException network =
                catchThrowableOfType(CniException.class, () -> CniNames.checkNetworkName(name));
        assertThat(network.code()).isEqualTo(7);
        assertThat(network.msg()).isEqualTo("invalid characters found in network name");
        assertThat(network.details()).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "id,3,missing containerID",
        "network,7,missing network name:",
        "if,4,interface name is empty"
    })
    void check_emptyName_hasItsOwnCode(String what, int code, String msg) {
        CniException e =
                catchThrowableOfType(
                        CniException.class,
                        () -> {
                            switch (what) {
                                case "id" -> CniNames.checkContainerId("");
                                case "network" -> CniNames.checkNetworkName("");
                                default -> CniNames.checkInterfaceName("");
                            }
                        });

        assertThat(e.code()).isEqualTo(code);
        assertThat(e.msg()).isEqualTo(msg);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth0", "123456789012345", "a.b", "...", "é", "%d", "\u0001"})
    void checkInterfaceName_whatTheKernelTakes_isAccepted(String name) {
        assertThatCode(() -> CniNames.checkInterfaceName(name)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "1234567890123456,interface name is too long",
        "éééééééé,interface name is too long",
        ".,interface name is . or ..",
        "..,interface name is . or ..",
        "a/b,interface name contains / or : or whitespace characters",
        "eth0:1,interface name contains / or : or whitespace characters",
        "'a b',interface name contains / or : or whitespace characters",
        "'a\tb',interface name contains / or : or whitespace characters",
        "'a\u0085b',interface name contains / or : or whitespace characters",
        "'a\u00a0b',interface name contains / or : or whitespace characters",
        "'a\u3000b',interface name contains / or : or whitespace characters"
    })
    void checkInterfaceName_whatItDoesNotTake_isRefused(String name, String msg) {
        CniException e =
                catchThrowableOfType(CniException.class, () -> CniNames.checkInterfaceName(name));

        assertThat(e.code()).isEqualTo(4);
        assertThat(e.msg()).isEqualTo(msg);
    }
}
