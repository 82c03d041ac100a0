package dev.kakehashi.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The suite with plugins that are right, wrong, mute and hanging. */
@KernelTest
class ConformanceKernelTest {
    @TempDir Path folder;

    private Report run(ConformanceOptions options) throws Exception {
        return Conformance.with(options).run(outcome -> {});
    }

    private ConformanceOptions options() {
        return ConformanceOptions.of(folder, "1.1.0");
    }

    private static List<String> failed(Report report) {
        return report.failures().stream().map(outcome -> outcome.scenario().id()).toList();
    }

    @Test
    void rightPlugin_unknownToTheSuite_passesAllThatCanBeAskedOfIt() throws Exception {
        ShellPlugins.install(folder, "right", ShellPlugins.RIGHT);
        Report report = run(options());
        assertThat(failed(report)).isEmpty();
        assertThat(report.outcomes()).hasSizeGreaterThan(12);
    }

    @Test
    void pluginThatAlwaysSucceeds_failsWhatAsksForRefusal() throws Exception {
        ShellPlugins.install(
                folder,
                "yes",
                "echo '{\"cniVersion\":\"1.1.0\",\"supportedVersions\":[\"1.1.0\"]}'\n");
        assertThat(failed(run(options())))
                .contains(
                        "spec/version-incompatible",
                        "spec/add-variables-missing",
                        "spec/container-id-invalid",
                        "spec/input-not-json",
                        "spec/name-missing",
                        "spec/error-object")
                .doesNotContain("spec/version-answer");
    }

    @Test
    void pluginWithTheNameOfAReference_isHeldToItsBehaviour() throws Exception {
        ShellPlugins.install(folder, "ptp", ShellPlugins.RIGHT);
        assertThat(failed(run(options())))
                .contains("spec/add-interface", "spec/delegate-input", "spec/delegate-gc");
    }

    @Test
    void configurationOfTheCaller_opensTheScenariosThatNeedOne() throws Exception {
        ShellPlugins.install(folder, "right", ShellPlugins.RIGHT);
        Report report = run(options().configs(Map.of("right", "{\"any\": true}")));
        // It makes no interface, which an unknown plugin is taken to do.
        assertThat(failed(report)).contains("spec/add-interface").doesNotContain("spec/del-twice");
        assertThat(report.repeat(report.failures().getFirst()))
                .contains(" --config right=<(echo '{\"any\": true}') --scenario ");
    }

    @Test
    void failure_tellsAllThatIsKnown() throws Exception {
        ShellPlugins.install(folder, "no", "echo nothing; exit 1\n");
        Report report = run(options().scenarios(List.of("spec/name-missing")));
        assertThat(report.outcomes()).hasSize(1);
        Outcome outcome = report.outcomes().getFirst();
        assertThat(outcome.verdict())
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> {
                            assertThat(failed.step()).isEqualTo("ADD without name");
                            assertThat(failed.expected())
                                    .isEqualTo("an error object on standard output");
                            assertThat(failed.seen()).isEqualTo("exit status 1, nothing");
                            assertThat(failed.call())
                                    .startsWith("CNI_COMMAND=ADD ")
                                    .contains(folder.resolve("no") + " <<< '{");
                        });
        assertThat(report.repeat(outcome))
                .isEqualTo(
                        "kakehashi conformance "
                                + folder
                                + " --plugin no --scenario spec/name-missing --spec 1.1.0");
        assertThat(report.conforms()).isFalse();
    }

    @Test
    void nothingIsLeft() throws Exception {
        ShellPlugins.install(folder, "right", ShellPlugins.RIGHT);
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        long before = count(temporary);
        run(options().scenarios(List.of("spec/name-missing")));
        assertThat(count(temporary)).isLessThanOrEqualTo(before);
    }

    private static long count(Path temporary) throws IOException {
        try (var files = Files.list(temporary)) {
            return files.filter(f -> f.getFileName().toString().startsWith("cni-conformance-"))
                    .count();
        }
    }

    @Test
    void folderWithoutPlugins_isAnError() {
        assertThatThrownBy(() -> run(options()))
                .isInstanceOf(IOException.class)
                .hasMessage("no plugins in " + folder);
        assertThatThrownBy(() -> run(options().plugins(List.of("ptp"))))
                .isInstanceOf(IOException.class)
                .hasMessage("no plugin ptp in " + folder);
        assertThatThrownBy(() -> run(ConformanceOptions.of(folder.resolve("no"), "1.1.0")))
                .isInstanceOf(IOException.class)
                .hasMessage("no folder " + folder.resolve("no"));
    }

    @Test
    void configurationThatIsNone_isAnError() throws Exception {
        ShellPlugins.install(folder, "right", ShellPlugins.RIGHT);
        assertThatThrownBy(() -> run(options().configs(Map.of("wrong", "{}"))))
                .isInstanceOf(IOException.class)
                .hasMessage("a configuration for wrong, which is not among the plugins: right");
        assertThatThrownBy(() -> run(options().configs(Map.of("right", "{\"any\": }"))))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the configuration for right: ");
    }
}
