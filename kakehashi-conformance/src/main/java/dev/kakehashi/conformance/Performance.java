package dev.kakehashi.conformance;

import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.conformance.scenario.Scenario;
import dev.kakehashi.conformance.scenario.Step;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Stage;
import dev.kakehashi.conformance.stage.Target;
import dev.kakehashi.conformance.stage.Unsuitable;
import dev.kakehashi.linux.probe.Feature;
import dev.kakehashi.linux.probe.FeatureProbe;
import dev.kakehashi.linux.probe.FeatureResult;
import dev.kakehashi.linux.probe.Features;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A scenario and the plugin it is asked of.
 *
 * @param scenario what is asked
 * @param target of whom
 */
record Performance(Scenario scenario, Target target) {
    private static final Map<String, Boolean> SUPPORTED = new ConcurrentHashMap<>();

    /** Plays it on a stage of its own. */
    Outcome play() {
        long start = System.nanoTime();
        Outcome.Verdict verdict = hindrance().orElseGet(this::onStage);
        return new Outcome(
                target.type(),
                scenario,
                target.version(),
                verdict,
                Duration.ofNanos(System.nanoTime() - start));
    }

    private Optional<Outcome.Verdict> hindrance() {
        if (!CniVersion.exact(target.version())
                .map(version -> version.atLeast(scenario.since()))
                .orElse(true)) {
            return Optional.of(
                    new Outcome.Skipped(
                            "for version " + scenario.since() + ", played in " + target.version()));
        }
        List<String> needed = new ArrayList<>(scenario.features());
        if (scenario.configured()) {
            needed.addAll(target.profile().features());
        }
        for (String name : needed) {
            if (!SUPPORTED.computeIfAbsent(name, Performance::probe)) {
                return Optional.of(new Outcome.Skipped("this kernel has no " + name));
            }
        }
        return Optional.empty();
    }

    private static boolean probe(String name) {
        Feature feature =
                Features.named(name)
                        .orElseThrow(() -> new IllegalArgumentException("no feature " + name));
        return FeatureProbe.probe(feature) instanceof FeatureResult.Supported;
    }

    private Outcome.Verdict onStage() {
        String doing = "preparing the namespaces";
        try (Stage stage = Stage.open(target)) {
            for (Step step : scenario.steps()) {
                doing = step.description();
                try {
                    step.action().run(stage);
                } catch (Mismatch e) {
                    return new Outcome.Failed(doing, e.expected(), e.seen(), stage.lastCall());
                } catch (IOException e) {
                    return new Outcome.Failed(
                            doing, "the step can be done", String.valueOf(e), stage.lastCall());
                }
            }
            return new Outcome.Passed();
        } catch (Unsuitable e) {
            return new Outcome.Skipped(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Skipped("interrupted");
        } catch (Exception e) {
            return new Outcome.Failed(doing, "the step can be done", String.valueOf(e), "");
        }
    }
}
