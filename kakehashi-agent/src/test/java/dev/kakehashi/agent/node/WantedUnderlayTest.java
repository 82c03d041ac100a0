package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WantedUnderlayTest {
    @ParameterizedTest
    @CsvSource({
        "eth0, Named",
        "192.0.2.0/24, Named",
        "2001:db8::5, Named",
        "interface=^(eth|en).*, Matching",
        "skip-interface=docker, Skipping",
        "can-reach=203.0.113.9, Reaching",
        "can-reach=2001:db8::9, Reaching",
    })
    void eachForm_isReadAndSaidAgain(String text, String form) {
        WantedUnderlay wanted = WantedUnderlay.parse(text);

        assertThat(wanted.getClass().getSimpleName()).isEqualTo(form);
        assertThat(wanted).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "interface=, interface=: there is no expression",
        "interface=eth(, 'interface=eth(: Unclosed group at character 5'",
        "skip-interface=*, 'skip-interface=*: Dangling meta character ''*'' at character 1'",
        "can-reach=example.org, can-reach=example.org: not an IP address: example.org",
        "can-reach=192.0.2.0/24, can-reach=192.0.2.0/24: not an IP address: 192.0.2.0/24",
    })
    void whatCannotBeMeant_isRefused(String text, String message) {
        assertThatThrownBy(() -> WantedUnderlay.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
