package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.CniAttachment;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.List;

class SparingGcTest {
    private static String spare(String config, CniAttachment... attachments) {
        AttachRequest request = Requests.of("GC", "", config);
        return new String(
                SparingGc.of(request, List.of(attachments)).stdin(), StandardCharsets.UTF_8);
    }

    @Test
    void attachments_areAddedToEveryListThatIsThere() {
        CniAttachment attachment = new CniAttachment("c1", "eth0");
        assertThat(
                        spare(
                                """
                                {"name": "n", "cni.dev/valid-attachments": [{"containerID": "c0", "ifname": "net1"}],
                                 "cni.dev/attachments": null}
                                """,
                                attachment))
                .isEqualTo(
                        "{\"name\":\"n\",\"cni.dev/valid-attachments\":[{\"containerID\":\"c0\",\"ifname\":\"net1\"},"
                                + "{\"containerID\":\"c1\",\"ifname\":\"eth0\"}],"
                                + "\"cni.dev/attachments\":[{\"containerID\":\"c1\",\"ifname\":\"eth0\"}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\": \"without a list\"}",
                "{\"cni.dev/valid-attachments\": 7}",
                "{\"cut off",
                "[]",
                ""
            })
    void requestWithoutAListThatCanBeRead_staysAsItIs(String config) {
        assertThat(spare(config, new CniAttachment("c1", "eth0")).replace(" ", ""))
                .isEqualTo(config.replace(" ", ""));
        assertThat(spare(config)).isEqualTo(config);
    }
}
