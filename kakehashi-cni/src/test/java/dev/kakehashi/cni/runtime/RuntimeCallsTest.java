package dev.kakehashi.cni.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;

class RuntimeCallsTest extends RuntimeFixture {
    @ParameterizedTest
    @ValueSource(strings = {"ADD", "CHECK", "DEL", "GC", "STATUS", "VERSION"})
    void anyOperation_sleepingPlugin_endsInTime(String command) throws Exception {
        plugins.on("one", command, "sleep 60").on("three", command, "sleep 60");
        settings = settings.timeout(Duration.ofMillis(200));

        assertThatThrownBy(
                        () -> {
                            switch (command) {
                                case "ADD" -> runtime().add(list("1.1.0"), conf);
                                case "CHECK" -> runtime().check(list("1.1.0"), conf);
                                case "DEL" -> runtime().del(list("1.1.0"), conf);
                                case "GC" -> runtime().gc(list("1.1.0"), List.of());
                                case "STATUS" -> runtime().status(list("1.1.0"));
                                default -> runtime().validate(list("1.1.0"));
                            }
                        })
                .hasMessageContaining("and was killed");
    }

    @Test
    void trace_validSpan_reachesThePlugins() throws Exception {
        String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        settings = settings.trace(TraceContext.of(parent, "a=b", "k=v").orElseThrow());

        runtime().add(list("1.0.0"), conf);

        assertThat(plugins.environment("one", "ADD"))
                .containsEntry("TRACEPARENT", parent)
                .containsEntry("TRACESTATE", "a=b")
                .containsEntry("BAGGAGE", "k=v");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01"
            })
    void trace_invalidSpan_isNone(String traceparent) {
        assertThat(TraceContext.of(traceparent, "", "")).isEmpty();
    }
}
