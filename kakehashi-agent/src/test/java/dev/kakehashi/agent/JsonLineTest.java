package dev.kakehashi.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Instant;

class JsonLineTest {
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");

    @Test
    void anEvent_isOneLine_whateverIsInIt() throws Exception {
        String line =
                JsonLine.of(
                        AT,
                        Level.WARNING,
                        "a.b.C",
                        "pod \"x\"\nwith a line\u0000",
                        "pod {0}",
                        new Object[] {"\"x\"\nwith a line\u0000"},
                        new IOException("no\nroom"));

        assertThat(line).endsWith("}\n");
        assertThat(line.strip()).doesNotContain("\n");
        JsonObject event = (JsonObject) JsonParser.parse(line);
        assertThat(event.string("time", "")).isEqualTo("2026-01-02T03:04:05.678Z");
        assertThat(event.string("level", "")).isEqualTo("WARNING");
        assertThat(event.string("logger", "")).isEqualTo("a.b.C");
        assertThat(event.string("message", "")).isEqualTo("pod \"x\"\nwith a line\u0000");
        assertThat(event.string("template", "")).isEqualTo("pod {0}");
        assertThat(event.strings("args")).containsExactly("\"x\"\nwith a line\u0000");
        assertThat(event.string("error", "")).isEqualTo("java.io.IOException: no\nroom");
        assertThat(event.string("stack", "")).contains("JsonLineTest");
    }

    @Test
    void anEventWithoutParameters_hasNoFieldsForThem() throws Exception {
        JsonObject event =
                (JsonObject)
                        JsonParser.parse(
                                JsonLine.of(AT, Level.INFO, "a", "said", "said", null, null));
        assertThat(event.members())
                .extracting(dev.kakehashi.cni.json.JsonMember::name)
                .containsExactly("time", "level", "logger", "message");
    }
}
