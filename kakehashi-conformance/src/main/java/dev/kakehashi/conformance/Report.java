package dev.kakehashi.conformance;

import dev.kakehashi.conformance.stage.ShellWord;

import java.time.Duration;
import java.util.List;

/**
 * How a run ended.
 *
 * @param options what was asked for
 * @param outcomes one for each plugin and scenario
 * @param time how long all of it took
 */
public record Report(ConformanceOptions options, List<Outcome> outcomes, Duration time) {

    /** Copies the list unless it is immutable already. */
    public Report {
        outcomes = List.copyOf(outcomes);
    }

    /** Whether no plugin failed. */
    public boolean conforms() {
        return failures().isEmpty();
    }

    /** The outcomes that are failures. */
    public List<Outcome> failures() {
        return outcomes.stream().filter(Outcome::failed).toList();
    }

    /** The plugins in the order of their names. */
    public List<String> plugins() {
        return outcomes.stream().map(Outcome::plugin).distinct().sorted().toList();
    }

    /** The outcomes of one plugin. */
    public List<Outcome> of(String plugin) {
        return outcomes.stream().filter(outcome -> outcome.plugin().equals(plugin)).toList();
    }

    /** The command line that repeats an outcome, for bash; a configuration is in it. */
    public String repeat(Outcome outcome) {
        StringBuilder line =
                new StringBuilder("kakehashi conformance ")
                        .append(ShellWord.quote(options.folder().toString()))
                        .append(" --plugin ")
                        .append(ShellWord.quote(outcome.plugin()));
        String config = options.configs().get(outcome.plugin());
        if (config != null) {
            line.append(" --config ")
                    .append(ShellWord.quote(outcome.plugin()))
                    .append("=<(echo ")
                    .append(ShellWord.quote(config.strip()))
                    .append(')');
        }
        return line.append(" --scenario ")
                .append(outcome.scenario().id())
                .append(" --spec ")
                .append(outcome.version())
                .toString();
    }
}
