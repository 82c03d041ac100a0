package dev.kakehashi.linux.sysctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SysctlNameTest {
    @ParameterizedTest
    @CsvSource({
        "net.ipv4.ip_forward, /proc/sys/net/ipv4/ip_forward",
        "net/ipv4/ip_forward, /proc/sys/net/ipv4/ip_forward",
        "net/ipv4/conf/eth0.100/forwarding, /proc/sys/net/ipv4/conf/eth0.100/forwarding",
        "net.ipv4.conf.eth0/100.forwarding, /proc/sys/net/ipv4/conf/eth0.100/forwarding",
        "version, /proc/sys/version",
    })
    void parse_bothForms_nameTheSameFile(String text, String file) {
        SysctlName name = SysctlName.parse(text);
        assertThat(name.file()).isEqualTo(file);
        assertThat(SysctlName.parse(name.toString())).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a..b",
                "a/../b",
                "net/",
                "/net",
                "../../etc/passwd",
                "a//b",
                "net/./x"
            })
    void parse_whatCouldLeaveTheTree_isRefused(String text) {
        assertThatThrownBy(() -> SysctlName.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + text + "\"");
    }

    @Test
    void of_partsWithDots_keepsThem() {
        SysctlName name = SysctlName.of("net", "ipv4", "conf", "eth0.100", "rp_filter");
        assertThat(name).isEqualTo(SysctlName.parse("net/ipv4/conf/eth0.100/rp_filter"));
        assertThat(name).hasToString("net.ipv4.conf.eth0/100.rp_filter");
        assertThatThrownBy(() -> SysctlName.of("net", "../x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void same_listsOfNumbers_ignoreTheKindOfSpace() {
        assertThat(Sysctl.same("32768\t60999", "32768 60999")).isTrue();
        assertThat(Sysctl.same("1", "0")).isFalse();
    }
}
