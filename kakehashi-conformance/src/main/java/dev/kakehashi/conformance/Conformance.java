package dev.kakehashi.conformance;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.exec.ExecOutcome;
import dev.kakehashi.cni.exec.ProcessPluginExec;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.result.VersionInfo;
import dev.kakehashi.conformance.scenario.Profiles;
import dev.kakehashi.conformance.scenario.Scenario;
import dev.kakehashi.conformance.scenario.Scenarios;
import dev.kakehashi.conformance.stage.Profile;
import dev.kakehashi.conformance.stage.Stage;
import dev.kakehashi.conformance.stage.Target;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** One run of the suite over a folder of plugins. Needs root, for network namespaces. */
public final class Conformance {
    private final ConformanceOptions options;

    private Conformance(ConformanceOptions options) {
        this.options = options;
    }

    /** A run with these options. */
    public static Conformance with(ConformanceOptions options) {
        return new Conformance(options);
    }

    /**
     * Plays every scenario that fits, some at once.
     *
     * @param listener is told of each outcome as it comes, from several threads
     * @throws IOException when the folder cannot be read or has none of the plugins asked for, or a
     *     configuration is none
     */
    public Report run(Consumer<Outcome> listener) throws IOException, InterruptedException {
        long start = System.nanoTime();
        List<String> types = types();
        checkConfigs(types);
        List<Future<Outcome>> pending = new ArrayList<>();
        List<Outcome> outcomes = new ArrayList<>();
        try (ExecutorService pool =
                Executors.newFixedThreadPool(
                        options.jobs(), Thread.ofPlatform().name("conformance-", 0).factory())) {
            for (String type : types) {
                for (Performance performance : performances(type)) {
                    pending.add(
                            pool.submit(() -> {
                                Outcome outcome = performance.play();
                                listener.accept(outcome);
                                return outcome;
                            }));
                }
            }
            for (Future<Outcome> future : pending) {
                outcomes.add(future.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a scenario ended the suite: " + e.getCause(), e);
        }
        return new Report(options, outcomes, Duration.ofNanos(System.nanoTime() - start));
    }

    private List<String> types() throws IOException {
        List<String> types = new ArrayList<>();
        if (!Files.isDirectory(options.folder())) {
            throw new IOException("no folder " + options.folder());
        }
        if (options.plugins().isEmpty()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(options.folder())) {
                for (Path file : files) {
                    if (Files.isRegularFile(file) && Files.isExecutable(file)) {
                        types.add(file.getFileName().toString());
                    }
                }
            }
            types.sort(Comparator.naturalOrder());
        } else {
            for (String type : options.plugins()) {
                if (!Files.isExecutable(options.folder().resolve(type))) {
                    throw new IOException("no plugin " + type + " in " + options.folder());
                }
                types.add(type);
            }
        }
        if (types.isEmpty()) {
            throw new IOException("no plugins in " + options.folder());
        }
        return types;
    }

    private void checkConfigs(List<String> types) throws IOException {
        for (Map.Entry<String, String> config : options.configs().entrySet()) {
            if (!types.contains(config.getKey())) {
                throw new IOException(
                        "a configuration for %s, which is not among the plugins: %s"
                                .formatted(config.getKey(), String.join(", ", types)));
            }
            try {
                Stage.parse(config.getValue(), Path.of("/"));
            } catch (JsonException e) {
                throw new IOException(
                        "the configuration for " + config.getKey() + ": " + e.getMessage(), e);
            }
        }
    }

    private List<Performance> performances(String type) {
        Optional<Profile> known = Profiles.of(type);
        Optional<String> config = Optional.ofNullable(options.configs().get(type));
        Profile profile = known.orElseGet(() -> Profiles.unknown(type));
        if (config.isPresent()) {
            profile =
                    new Profile(
                            type,
                            profile.role(),
                            config.get(),
                            profile.features(),
                            profile.preparation());
        }
        List<String> versions = versions(type);
        String version = highest(versions);
        Target target =
                new Target(
                        options.folder(),
                        profile,
                        version,
                        versions,
                        options.environment(),
                        options.timeout());
        List<Performance> performances = new ArrayList<>();
        for (Scenario scenario : Scenarios.all()) {
            if (fits(scenario, profile, known.isPresent() || config.isPresent())) {
                Target scene =
                        scenario.profile()
                                .map(p ->
                                        new Target(
                                                target.folder(),
                                                p,
                                                version,
                                                versions,
                                                target.environment(),
                                                target.timeout()))
                                .orElse(target);
                for (String each : scenario.eachVersion() ? upTo(versions) : List.of(version)) {
                    performances.add(new Performance(scenario, scene.in(each)));
                }
            }
        }
        return performances;
    }

    private boolean fits(Scenario scenario, Profile profile, boolean configured) {
        boolean wanted =
                options.scenarios().isEmpty()
                        || options.scenarios().stream()
                                .anyMatch(id -> scenario.id().startsWith(id));
        boolean meant =
                scenario.types().isEmpty()
                        ? scenario.roles().contains(profile.role())
                                && (configured || !scenario.configured())
                                && (!scenario.delegating() || profile.delegates())
                        : scenario.types().contains(profile.type());
        return wanted && meant;
    }

    /** What the plugin says it speaks; nothing if it does not say. */
    private List<String> versions(String type) {
        Map<String, String> environment = new HashMap<>(options.environment());
        environment.put("CNI_COMMAND", "VERSION");
        byte[] stdin =
                ("{\"cniVersion\": \"" + options.version() + "\"}")
                        .getBytes(StandardCharsets.UTF_8);
        try {
            ExecOutcome outcome =
                    ProcessPluginExec.withTimeout(options.timeout())
                            .run(options.folder().resolve(type).toString(), environment, stdin);
            return VersionInfo.decode(outcome.stdout());
        } catch (CniException e) {
            // The scenario that asks for VERSION reports it.
            return List.of();
        }
    }

    /** The published versions up to the one asked for, the lowest first. */
    private List<String> upTo(List<String> versions) {
        return versions.stream()
                .map(CniVersion::exact)
                .flatMap(Optional::stream)
                .filter(version ->
                        CniVersion.exact(options.version())
                                .map(limit -> limit.atLeast(version))
                                .orElse(true))
                .sorted()
                .map(CniVersion::toString)
                .toList();
    }

    private String highest(List<String> versions) {
        List<String> usable = upTo(versions);
        return usable.isEmpty() ? options.version() : usable.getLast();
    }
}
