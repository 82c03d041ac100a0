package dev.kakehashi.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.conformance.report.TextReport;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;

/**
 * The plugins whose devices the kernel of a developer's machine may lack. An emulated processor
 * takes many minutes for them.
 */
@Tag("vm")
@Tag("soak")
@KernelTest
class OurPluginsInVmTest {
    @ParameterizedTest
    @ValueSource(strings = {"vlan", "ipvlan", "vrf", "dummy"})
    void plugin_conforms(String type, @TempDir Path state) throws Exception {
        assumeThat(OurPlugins.types()).as("the build has %s", type).contains(type);
        conforms(OurPlugins.options(state).plugins(List.of(type)));
    }

    @ParameterizedTest
    @ValueSource(strings = "bridge/vlan")
    void scenarios_conform(String beginning, @TempDir Path state) throws Exception {
        conforms(
                OurPlugins.options(state).plugins(List.of("bridge")).scenarios(List.of(beginning)));
    }

    private static void conforms(ConformanceOptions options) throws Exception {
        Report report = Conformance.with(options.jobs(1)).run(_ -> {});
        assertThat(report.outcomes()).isNotEmpty();
        assertThat(report.outcomes())
                .as("nothing is left out in the virtual machine")
                .noneMatch(outcome ->
                        outcome.verdict() instanceof Outcome.Skipped skipped
                                && skipped.reason().startsWith("this kernel has no"));
        assertThat(report.conforms()).as(TextReport.of(report)).isTrue();
    }
}
