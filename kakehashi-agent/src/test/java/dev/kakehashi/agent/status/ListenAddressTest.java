package dev.kakehashi.agent.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;

class ListenAddressTest {
    @Test
    void addressesAndPorts() {
        assertThat(ListenAddress.parse("127.0.0.1:9475"))
                .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9475));
        assertThat(ListenAddress.parse("[::1]:80"))
                .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("::1"), 80));
        assertThat(ListenAddress.parse(":9475").getAddress().isAnyLocalAddress()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "9475",
                "127.0.0.1",
                "127.0.0.1:",
                "127.0.0.1:0",
                "127.0.0.1:65536",
                "localhost:9475",
                "::1:80",
                "[::1]",
                "127.0.0.1:x",
                "300.0.0.1:80"
            })
    void whatIsNone_isRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> ListenAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + text + "' ")
                .hasMessageContaining("write 127.0.0.1:9475");
    }
}
