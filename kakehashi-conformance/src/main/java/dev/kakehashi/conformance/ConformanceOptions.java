package dev.kakehashi.conformance;

import dev.kakehashi.cni.CniVersion;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What to prove, and how.
 *
 * @param folder the plugins' binaries
 * @param plugins the types to look at; empty for every executable in the folder
 * @param scenarios the ids, or beginnings of ids, of the scenarios to play; empty for all
 * @param version the version of the specification; plugins that do not speak it are called in the
 *     highest they speak below it
 * @param configs configurations by type, as their texts: they take the place of the suite's own
 * @param environment the plugins' environment besides the CNI_* variables
 * @param jobs how many scenarios are played at once
 * @param timeout how long one call of a plugin may take
 */
public record ConformanceOptions(
        Path folder,
        List<String> plugins,
        List<String> scenarios,
        String version,
        Map<String, String> configs,
        Map<String, String> environment,
        int jobs,
        Duration timeout) {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /**
     * Copies the collections unless they are immutable already.
     *
     * @throws IllegalArgumentException saying what cannot be
     */
    public ConformanceOptions {
        if (CniVersion.exact(version).isEmpty()) {
            throw new IllegalArgumentException(
                    "the specification has no version \"" + version + "\": " + CniVersion.ALL);
        }
        if (jobs < 1) {
            throw new IllegalArgumentException("at least one scenario at once, not " + jobs);
        }
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException(
                    "a call needs more time than " + timeout.toSeconds());
        }
        plugins = List.copyOf(plugins);
        scenarios = List.copyOf(scenarios);
        configs = Map.copyOf(configs);
        environment = Map.copyOf(environment);
    }

    /** All plugins of a folder, all scenarios, in this version, with this process's environment. */
    public static ConformanceOptions of(Path folder, String version) {
        return new ConformanceOptions(
                folder.toAbsolutePath().normalize(),
                List.of(),
                List.of(),
                version,
                Map.of(),
                System.getenv(),
                2 * Runtime.getRuntime().availableProcessors(),
                TIMEOUT);
    }

    /** The same for some plugins. */
    public ConformanceOptions plugins(List<String> types) {
        return new ConformanceOptions(
                folder, types, scenarios, version, configs, environment, jobs, timeout);
    }

    /** The same for some scenarios. */
    public ConformanceOptions scenarios(List<String> ids) {
        return new ConformanceOptions(
                folder, plugins, ids, version, configs, environment, jobs, timeout);
    }

    /** The same with configurations of the caller's. */
    public ConformanceOptions configs(Map<String, String> texts) {
        return new ConformanceOptions(
                folder, plugins, scenarios, version, texts, environment, jobs, timeout);
    }

    /** The same with another environment. */
    public ConformanceOptions environment(Map<String, String> variables) {
        return new ConformanceOptions(
                folder, plugins, scenarios, version, configs, variables, jobs, timeout);
    }

    /** The same with another number at once. */
    public ConformanceOptions jobs(int atOnce) {
        return new ConformanceOptions(
                folder, plugins, scenarios, version, configs, environment, atOnce, timeout);
    }

    /** The same with another limit of time for a call. */
    public ConformanceOptions timeout(Duration limit) {
        return new ConformanceOptions(
                folder, plugins, scenarios, version, configs, environment, jobs, limit);
    }
}
