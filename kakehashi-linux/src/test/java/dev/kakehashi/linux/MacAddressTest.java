package dev.kakehashi.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {
    @Test
    void parse_allForms_areTheSameAddress() {
        MacAddress address = MacAddress.parse("02:0a:FF:00:9b:c1");
        assertThat(address).hasToString("02:0a:ff:00:9b:c1");
        assertThat(MacAddress.parse("02-0A-ff-00-9B-C1")).isEqualTo(address);
        assertThat(MacAddress.of(address.octets())).isEqualTo(address);
        assertThat(MacAddress.of(address.bits())).isEqualTo(address);
        assertThat(address.octets()).containsExactly(2, 10, -1, 0, 0x9b, 0xc1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "02:0a:ff:00:9b",
                "02:0a:ff:00:9b:c1:00",
                "02:0a-ff:00:9b:c1",
                "020aff009bc1",
                "0g:0a:ff:00:9b:c1",
                "02.0a.ff.00.9b.c1"
            })
    void parse_anythingElse_isRefused(String text) {
        assertThatThrownBy(() -> MacAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("aa:bb:cc:dd:ee:ff");
    }

    @Test
    void bits_tellWhatKindOfAddressItIs() {
        assertThat(MacAddress.BROADCAST.isMulticast()).isTrue();
        assertThat(MacAddress.of(0xffff_ffff_ffffL).toLocalUnicast())
                .hasToString("fe:ff:ff:ff:ff:ff");
        assertThat(MacAddress.parse("02:00:00:00:00:00").isLocallyAdministered()).isTrue();
        assertThat(MacAddress.ZERO.isLocallyAdministered()).isFalse();
        assertThatThrownBy(() -> MacAddress.of(1L << 48))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MacAddress.of(new byte[5]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
