package dev.kakehashi.conformance;

import dev.kakehashi.conformance.scenario.Scenario;

import java.time.Duration;

/**
 * How a scenario ended for a plugin.
 *
 * @param plugin the plugin's type
 * @param scenario what was asked of it
 * @param version the version of the specification it was asked in
 * @param verdict the end
 * @param time how long it took
 */
public record Outcome(
        String plugin, Scenario scenario, String version, Verdict verdict, Duration time) {

    /** An end of a scenario. */
    public sealed interface Verdict {}

    /** The plugin does as is required. */
    public record Passed() implements Verdict {}

    /**
     * It could not be found out.
     *
     * @param reason what is missing
     */
    public record Skipped(String reason) implements Verdict {}

    /**
     * The plugin does not do as is required.
     *
     * @param step what was done or looked at
     * @param expected what should have been
     * @param seen what was instead
     * @param call the last call of the plugin, as a line for a shell
     */
    public record Failed(String step, String expected, String seen, String call)
            implements Verdict {}

    /** Whether the plugin failed. */
    public boolean failed() {
        return verdict instanceof Failed;
    }
}
