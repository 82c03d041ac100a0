package dev.kakehashi.ipam.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.DamagedCalls;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.random.RandomGenerator;

class DaemonWireTest {

    private static byte[] withoutEnd(byte[] line) {
        assertThat(line[line.length - 1]).isEqualTo((byte) '\n');
        byte[] text = Arrays.copyOf(line, line.length - 1);
        assertThat(new String(text, UTF_8)).doesNotContain("\n");
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
            assertThatThrownBy(() -> DaemonWire.Request.decode(text.getBytes(UTF_8)))
                    .as(text)
                    .isInstanceOf(CniException.class);
        }
    }

    /** Whoever may write to the socket may write anything. */
    @Test
    void damagedLine_isACallOrRefused() throws Exception {
        RandomGenerator random = Seeds.random();
        Calls calls = Calls.with("{'name': 'net', 'ipam': {'type': 'dhcp'}}");
        JsonObject whole =
                JsonParser.parseObject(
                        DaemonWire.Request.of(calls.request(CniCommand.ADD), "/run/netns/a")
                                .encode());
        for (int i = 0; i < 5_000; i++) {
            byte[] line = DamagedCalls.damage(whole, random).toCompactString().getBytes(UTF_8);
            byte[] damaged = Arrays.copyOf(line, line.length - random.nextInt(2));
            if (damaged.length > 0 && random.nextInt(4) == 0) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            String what = new String(damaged, UTF_8);
            try {
                DaemonWire.Request read = DaemonWire.Request.decode(damaged);
                assertThat(read.environment().keySet()).as(what).doesNotContainNull();
            } catch (CniException e) {
                assertThat(e.code()).as(what).isEqualTo(CniException.DECODING_FAILURE);
                assertThat(e.getMessage()).as(what).isNotBlank();
            }
        }
    }
}
