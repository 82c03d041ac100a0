package dev.kakehashi.testing;

import dev.kakehashi.linux.probe.Feature;
import dev.kakehashi.linux.probe.FeatureProbe;
import dev.kakehashi.linux.probe.FeatureResult;
import dev.kakehashi.linux.probe.Features;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Skips tests whose {@link RequiresFeature} this kernel does not fulfil. */
final class FeatureCondition implements ExecutionCondition {
    private static final Map<String, FeatureResult> RESULTS = new ConcurrentHashMap<>();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<RequiresFeature> required =
                AnnotationSupport.findAnnotation(context.getElement(), RequiresFeature.class);
        if (required.isEmpty()) {
            return ConditionEvaluationResult.enabled("needs no feature");
        }
        for (String name : required.get().value()) {
            FeatureResult result = RESULTS.computeIfAbsent(name, FeatureCondition::probe);
            if (!result.isSupported()) {
                return ConditionEvaluationResult.disabled(
                        "needs the kernel feature " + name + " (" + result + ")");
            }
        }
        return ConditionEvaluationResult.enabled("the kernel has what is needed");
    }

    private static FeatureResult probe(String name) {
        Feature feature =
                Features.named(name)
                        .orElseThrow(
                                () -> new IllegalArgumentException("no such feature: " + name));
        return FeatureProbe.probe(feature);
    }
}
