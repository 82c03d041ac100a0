package dev.kakehashi.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;

class IpTextTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0,0.0.0.0",
        "255.255.255.255,255.255.255.255",
        "10.1.2.3,10.1.2.3",
        "::,::",
        "::1,::1",
        "1::,1::",
        "2001:DB8::1,2001:db8::1",
        "2001:db8:0:0:1:0:0:1,2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1,2001:db8:0:1:1:1:1:1",
        "0:0:0:0:0:0:0:0,::",
        "1:0:0:2:0:0:0:3,1:0:0:2::3",
        "1:2:3:4:5:6:7::,1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8,0:2:3:4:5:6:7:8",
        "64:ff9b::192.0.2.33,64:ff9b::c000:221",
        "::ffff:10.1.2.3,10.1.2.3",
        "::ffff:0a01:0203,10.1.2.3",
        "fe80::0001,fe80::1"
    })
    void parse_address_isWrittenInCanonicalForm(String text, String canonical) {
        assertThat(IpText.parse(text).map(IpText::format)).contains(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.4 ",
                " 1.2.3.4",
                "1..2.3",
                "1.2.3.",
                "-1.2.3.4",
                "1.2.3.0x4",
                "localhost",
                ":",
                ":::",
                "1:2",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                ":1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:",
                "12345::",
                "g::",
                "::1%eth0",
                "[::1]",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1.2.3",
                "::1.2.3.4:5",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "１.2.3.4",
                "::１"
            })
    void parse_noAddress_isEmpty(String text) {
        assertThat(IpText.parse(text)).isEmpty();
    }

    @Test
    void format_anyAddress_isReadBackAlike() {
        for (RandomInput random : RandomInput.runs(2000)) {
            InetAddress address = random.address();
            String text = IpText.format(address);
            assertThat(IpText.parse(text)).as("%s %s", random, text).contains(address);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.3.30/24,1.2.3.30/24",
        "10.0.0.0/0,10.0.0.0/0",
        "10.0.0.1/32,10.0.0.1/32",
        "2001:DB8::5/64,2001:db8::5/64",
        "::/0,::/0",
        "::1/128,::1/128",
        "::ffff:10.1.2.3/120,10.1.2.3/24"
    })
    void parse_cidr_keepsHostBits(String text, String written) {
        assertThat(Cidr.parse(text).map(Cidr::toString)).contains(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "10.1.2.3",
                "10.1.2.3/",
                "/24",
                "10.1.2.3/33",
                "10.1.2.3/-1",
                "10.1.2.3/+1",
                "10.1.2.3/24/",
                "10.1.2.3/2a",
                "::1/129",
                "::1/9999",
                "::ffff:10.1.2.3/95",
                "x/24"
            })
    void parse_noCidr_isEmpty(String text) {
        assertThat(Cidr.parse(text)).isEmpty();
    }

    @Test
    void cidr_prefixTooLong_isRefused() {
        InetAddress address = IpText.parse("10.1.2.3").orElseThrow();

        assertThatThrownBy(() -> new Cidr(address, 33)).hasMessageContaining("33");
        assertThatThrownBy(() -> new Cidr(address, -1)).hasMessageContaining("-1");
    }
}
