package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Map;

class EnvironmentTest {
    private static Environment decode(String text) throws ProtocolException {
        return Environment.decode(text.replace('|', '\0').getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void variables_areSplitAtTheFirstEqualsSign() throws Exception {
        assertThat(decode("A=1|CNI_ARGS=K=V;L=W|EMPTY=|").variables())
                .isEqualTo(Map.of("A", "1", "CNI_ARGS", "K=V;L=W", "EMPTY", ""));
    }

    @Test
    void nameThatComesTwice_hasTheFirstValueAsForGetenv() throws Exception {
        assertThat(decode("A=first|A=second|").get("A")).isEqualTo("first");
    }

    @Test
    void stringsWithoutEquals_areNoVariablesButPassedOn() throws Exception {
        Environment environment = decode("odd|=x|A=1|");
        assertThat(environment.variables()).isEqualTo(Map.of("A", "1"));
        assertThat(environment.bytesWith(Map.of()))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("odd\0=x\0A=1\0");
    }

    @Test
    void bytesWith_replacesAndAddsAndKeepsTheRestByteForByte() throws Exception {
        byte[] raw = {'X', '=', (byte) 0xff, 0, 'A', '=', '1', 0};
        byte[] changed = Environment.decode(raw).bytesWith(Map.of("A", "2"));
        assertThat(changed).isEqualTo(new byte[] {'X', '=', (byte) 0xff, 0, 'A', '=', '2', 0});
    }

    @Test
    void lastStringWithoutEnd_isRefused() {
        assertThatThrownBy(() -> decode("A=1|B=2"))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("the last string of ENVIRONMENT does not end");
    }

    @Test
    void nothing_isNoVariable() throws Exception {
        assertThat(decode("").variables()).isEmpty();
    }
}
