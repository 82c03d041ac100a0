package dev.kakehashi.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.conformance.report.TextReport;
import dev.kakehashi.testing.KernelTest;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The plugins whose devices the kernel of a developer's machine may lack. An emulated processor
 * takes seconds for each scenario, so only the soak tests play all of them.
 */
@Tag("vm")
@KernelTest
class OurPluginsInVmTest {
    /** Of all plugins: what is asked of each of them first. */
    private static final List<String> ESSENTIAL =
            List.of(
                    "spec/add-interface",
                    "spec/add-lists-all",
                    "spec/check-link-gone",
                    "spec/del-reverts",
                    "spec/del-netns-gone",
                    "spec/gc-valid-kept");

    private static final int JOBS = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir private static Path state;
    private static @Nullable Process agent;

    @BeforeAll
    static void startAgent() throws Exception {
        OurPlugins.types();
        agent = OurPlugins.startAgent(state);
    }

    @AfterAll
    static void endAgent() throws Exception {
        if (agent != null) {
            agent.destroy();
            agent.waitFor();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "vlan, vlan/id vlan/mtu spec/two-containers",
        "ipvlan, ipvlan/mode ipvlan/mtu",
        "vrf, vrf/",
        "dummy, dummy/"
    })
    void plugin_doesTheEssential(String type, String own) throws Exception {
        List<String> scenarios = new ArrayList<>(ESSENTIAL);
        scenarios.addAll(List.of(own.split(" ", -1)));
        conforms(options(type).scenarios(scenarios));
    }

    @Tag("soak")
    @ParameterizedTest
    @ValueSource(strings = {"vlan", "ipvlan", "vrf", "dummy"})
    void plugin_conforms(String type) throws Exception {
        conforms(options(type));
    }

    @Tag("soak")
    @ParameterizedTest
    @ValueSource(strings = "bridge/vlan")
    void scenarios_conform(String beginning) throws Exception {
        conforms(options("bridge").scenarios(List.of(beginning)));
    }

    private static ConformanceOptions options(String type) throws Exception {
        assumeThat(OurPlugins.types()).as("the build has %s", type).contains(type);
        return OurPlugins.options(state).plugins(List.of(type)).timeout(PATIENCE);
    }

    private static void conforms(ConformanceOptions options) throws Exception {
        Report report = Conformance.with(options.jobs(JOBS)).run(_ -> {});
        assertThat(report.outcomes()).isNotEmpty();
        assertThat(report.outcomes())
                .as("nothing is left out in the virtual machine")
                .noneMatch(outcome ->
                        outcome.verdict() instanceof Outcome.Skipped skipped
                                && skipped.reason().startsWith("this kernel has no"));
        assertThat(report.conforms()).as(TextReport.of(report)).isTrue();
    }
}
