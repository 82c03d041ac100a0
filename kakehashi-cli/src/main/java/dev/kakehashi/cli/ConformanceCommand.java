package dev.kakehashi.cli;

import dev.kakehashi.conformance.Conformance;
import dev.kakehashi.conformance.ConformanceOptions;
import dev.kakehashi.conformance.Report;
import dev.kakehashi.conformance.report.HtmlReport;
import dev.kakehashi.conformance.report.JsonReport;
import dev.kakehashi.conformance.report.JunitReport;
import dev.kakehashi.conformance.report.TextReport;
import dev.kakehashi.conformance.scenario.Scenario;
import dev.kakehashi.conformance.scenario.Scenarios;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code kakehashi conformance}. */
@Command(
        name = "conformance",
        mixinStandardHelpOptions = true,
        description = {
            "Proves CNI plugins, in whatever language, from outside: executes them in network"
                    + " namespaces of its own and looks at the kernel.",
            "Every plugin is held to the specification; those with the name of a reference plugin"
                    + " also to its behaviour. Run it as root. Exit status 0 when nothing failed."
        })
final class ConformanceCommand implements Callable<Integer> {
    /** The forms of a report. */
    enum Form {
        TEXT,
        JSON,
        JUNIT,
        HTML;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "DIR",
            description = "The folder with the plugins' binaries.")
    Optional<Path> folder = Optional.empty();

    @Option(
            names = "--plugin",
            split = ",",
            paramLabel = "NAME",
            description = "Only this plugin; may be repeated.")
    List<String> plugins = List.of();

    @Option(
            names = "--scenario",
            split = ",",
            paramLabel = "ID",
            description = "Only this scenario, or those whose ids begin so; may be repeated.")
    List<String> scenarios = List.of();

    @Option(
            names = "--spec",
            paramLabel = "VERSION",
            defaultValue = "1.1.0",
            description =
                    "The version of the specification (default: ${DEFAULT-VALUE}); a plugin that"
                            + " does not speak it is called in the highest below that it speaks.")
    String version = "1.1.0";

    @Option(
            names = "--config",
            paramLabel = "NAME=FILE",
            description =
                    "The configuration to call a plugin with: needed for plugins that the suite"
                            + " does not know. {work} in it is a folder of the scenario's own, {ipam}"
                            + " an object for the key ipam.")
    Map<String, Path> configs = Map.of();

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "How many scenarios at once (twice the processors).")
    Optional<Integer> jobs = Optional.empty();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long a call of a plugin may take before it is killed (30).")
    Optional<Integer> timeout = Optional.empty();

    @Option(
            names = "--list",
            description =
                    "Lists the scenarios, with the numbers of the specification's requirements that"
                            + " docs/conformance.md explains, and plays none.")
    boolean list;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "text",
            description = "One of: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Form form = Form.TEXT;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        if (list) {
            list();
            return 0;
        }
        Path plugged =
                folder.orElseThrow(() ->
                        new ParameterException(
                                spec.commandLine(), "say which folder has the plugins"));
        Report report = play(options(plugged));
        switch (form) {
            case TEXT -> System.out.print(TextReport.of(report));
            case JSON -> System.out.println(JsonReport.of(report).toPrettyString());
            case JUNIT -> System.out.print(JunitReport.of(report));
            case HTML -> System.out.print(HtmlReport.of(report));
        }
        if (report.outcomes().isEmpty()) {
            throw new IOException(
                    "no scenario fits: --list shows them; most are for plugins whose names the suite"
                            + " knows, or that have a configuration (--config)");
        }
        return report.conforms() ? 0 : 1;
    }

    private ConformanceOptions options(Path plugged) throws IOException {
        try {
            ConformanceOptions options =
                    ConformanceOptions.of(plugged, version)
                            .plugins(plugins)
                            .scenarios(scenarios)
                            .configs(texts());
            if (jobs.isPresent()) {
                options = options.jobs(jobs.get());
            }
            if (timeout.isPresent()) {
                options = options.timeout(Duration.ofSeconds(timeout.get()));
            }
            return options;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static Report play(ConformanceOptions options) throws Exception {
        boolean watched =
                Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
        AtomicInteger done = new AtomicInteger();
        Report report =
                Conformance.with(options)
                        .run(outcome -> {
                            if (watched) {
                                System.err.print(
                                        "\r" + done.incrementAndGet() + " scenarios played");
                            }
                        });
        if (watched) {
            System.err.println();
        }
        return report;
    }

    private Map<String, String> texts() throws IOException {
        Map<String, String> texts = new HashMap<>();
        for (Map.Entry<String, Path> entry : configs.entrySet()) {
            try {
                texts.put(entry.getKey(), Files.readString(entry.getValue()));
            } catch (NoSuchFileException e) {
                throw new IOException(
                        "no file " + entry.getValue() + " for --config " + entry.getKey(), e);
            }
        }
        return texts;
    }

    private static void list() {
        Table table = Table.of("SCENARIO", "SINCE", "SPEC", "REQUIRES");
        for (Scenario scenario : Scenarios.all()) {
            table.row(scenario.id(), scenario.since(), scenario.numbers(), scenario.requirement());
        }
        table.print(System.out);
    }
}
