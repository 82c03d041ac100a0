package dev.kakehashi.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HardwareAddressTest {
    /** The notations of Go's net.ParseMAC, which the reference plugins use. */
    @ParameterizedTest
    @CsvSource({
        "00:00:5e:00:53:01, 00:00:5e:00:53:01",
        "00-00-5E-00-53-01, 00:00:5e:00:53:01",
        "0000.5e00.5301, 00:00:5e:00:53:01",
        "02:00:5e:10:00:00:00:01, 02:00:5e:10:00:00:00:01",
        "00:00:00:00:fe:80:00:00:00:00:00:00:02:00:5e:10:00:00:00:01,"
                + " 00:00:00:00:fe:80:00:00:00:00:00:00:02:00:5e:10:00:00:00:01",
        "0000.0000.fe80.0000.0000.0000.0200.5e10.0000.0001,"
                + " 00:00:00:00:fe:80:00:00:00:00:00:00:02:00:5e:10:00:00:00:01"
    })
    void parse_readsEthernetEui64AndInfiniband(String text, String printed) {
        HardwareAddress address = HardwareAddress.parse(text);
        assertThat(address).hasToString(printed).isEqualTo(HardwareAddress.parse(printed));
        assertThat(address.mac().map(MacAddress::toString).orElse(printed)).isEqualTo(printed);
        assertThat(address.mac().isPresent()).isEqualTo(printed.length() == 17);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00:00:5e:00:53",
                "00:00:5e:00:53:01:02",
                "00:00:5e-00-53-01",
                "00:00:5e:00:53:0g",
                "0:0:5e:0:53:1",
                "000.05e0.0530.1",
                "00.00.5e.00.53.01",
                "00:00:5e:00:53:01:",
                "00005e005301"
            })
    void parse_refusesAnythingElse(String text) {
        assertThatThrownBy(() -> HardwareAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(": " + text);
    }

    @Test
    void addressOfATunnel_isPrinted() {
        assertThat(HardwareAddress.of(new byte[] {(byte) 192, 0, 2, 1})).hasToString("c0:00:02:01");
    }
}
