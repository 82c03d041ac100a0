package dev.kakehashi.ipam.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.plugins.Calls;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

class DaemonWireTest {

    private static byte[] withoutEnd(byte[] line) {
        assertThat(line[line.length - 1]).isEqualTo((byte) '\n');
        byte[] text = Arrays.copyOf(line, line.length - 1);
        assertThat(new String(text, StandardCharsets.UTF_8)).doesNotContain("\n");
        return text;
    }

    @Test
    void request_isReadAsItWasWritten() throws Exception {
        Calls calls = Calls.with("{'name': 'net', 'text': 'two\\nlines'}").set("HOME", "/root");
        DaemonWire.Request request =
                DaemonWire.Request.of(calls.request(CniCommand.ADD), "/run/netns/a");
        DaemonWire.Request read = DaemonWire.Request.decode(withoutEnd(request.encode()));
        assertThat(read).isEqualTo(request);
        assertThat(read.environment())
                .containsEntry("CNI_COMMAND", "ADD")
                .containsEntry("CNI_NETNS", "/run/netns/a")
                .doesNotContainKey("HOME");
    }

    @Test
    void answer_isReadAsItWasWritten() throws Exception {
        DaemonWire.Answer answer = new DaemonWire.Answer(1, "{\n  \"code\": 11\n}\n");
        assertThat(DaemonWire.Answer.decode(withoutEnd(answer.encode()))).isEqualTo(answer);
    }

    @Test
    void otherVersion_isRefused() {
        for (String text : new String[] {"{\"kakehashi-dhcp\": 2}", "{}", "HELO", ""}) {
            assertThatThrownBy(
                            () -> DaemonWire.Request.decode(text.getBytes(StandardCharsets.UTF_8)))
                    .as(text)
                    .isInstanceOf(dev.kakehashi.cni.CniException.class);
        }
    }
}
