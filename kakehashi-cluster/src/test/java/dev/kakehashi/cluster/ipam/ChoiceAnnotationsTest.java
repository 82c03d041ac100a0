package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.IpAddresses;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChoiceAnnotationsTest {
    @Test
    void lists_areReadWithBlanksRepetitionsAndNothing() throws Exception {
        assertThat(ChoiceAnnotations.pools(" a, b.c ,,a,")).containsExactly("a", "b.c");
        assertThat(ChoiceAnnotations.pools("")).isEmpty();
        assertThat(ChoiceAnnotations.addresses("10.0.0.5/24, fd00::5 ,10.0.0.5"))
                .containsExactly(IpAddresses.parse("10.0.0.5"), IpAddresses.parse("fd00::5"));
        assertThat(ChoiceAnnotations.addresses(" , ")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.300",
                "10.0.0.05",
                "10.0.0",
                "0x0a000001",
                "10.0.0.5/33",
                "10.0.0.5/",
                "10.0.0.5-10.0.0.9",
                "[\"10.0.0.5\"]",
                "fe80::1%eth0",
                "fd00:::1",
                "::ffff:10.0.0.300",
                "localhost",
                "10.0.0.5;10.0.0.6",
                "１０.0.0.5",
                "$(reboot)",
                "../../etc/passwd"
            })
    void whatIsNoAddress_isRefusedAndNamed(String text) {
        assertThatThrownBy(() -> ChoiceAnnotations.addresses("10.0.0.4," + text))
                .isInstanceOf(AddressRefusedException.class)
                .hasMessage("annotation kakehashi.dev/addresses: '" + text + "' is no IP address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "-a", "a b", "../a", "a/b", "[\"a\"]", "é", "a_b"})
    void whatIsNoName_isRefusedAndNamed(String text) {
        assertThatThrownBy(() -> ChoiceAnnotations.pools("a," + text))
                .isInstanceOf(AddressRefusedException.class)
                .hasMessage(
                        "annotation kakehashi.dev/pools: '" + text + "' is no name of an IPPool");
    }

    @Test
    void whatATerminalWouldInterpret_andWhatIsLong_isNotTold() {
        assertThatThrownBy(() -> ChoiceAnnotations.addresses("\u001b[31m\n"))
                .hasMessageContaining("'?[31m' is no IP address");
        assertThatThrownBy(() -> ChoiceAnnotations.addresses("x".repeat(4096)))
                .hasMessage(
                        "annotation kakehashi.dev/addresses: '"
                                + "x".repeat(64)
                                + "…' is no IP address");
        assertThatThrownBy(() -> ChoiceAnnotations.pools("a".repeat(250_000)))
                .hasMessage(
                        "annotation kakehashi.dev/pools: has 250000 characters; at most 4096 are"
                                + " read");
    }
}
