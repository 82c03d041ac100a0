package dev.kakehashi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.conformance.report.TextReport;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Our plugins pass every scenario that this kernel has the devices for. */
@Tag("peers")
@KernelTest
class OurPluginsTest {
    private static Report report;

    static List<String> types() throws IOException {
        return OurPlugins.types();
    }

    @BeforeAll
    static void play(@TempDir Path state) throws Exception {
        report = Conformance.with(OurPlugins.options(state)).run(_ -> {});
    }

    @ParameterizedTest
    @MethodSource("types")
    void plugin_conforms(String type) {
        Report own = new Report(report.options(), report.of(type), report.time());
        assertThat(own.outcomes()).isNotEmpty();
        assertThat(own.conforms()).as(TextReport.of(own)).isTrue();
    }
}
