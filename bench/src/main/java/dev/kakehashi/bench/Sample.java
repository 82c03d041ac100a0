package dev.kakehashi.bench;

import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonNumber;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Measured values of one thing, in one unit. */
final class Sample {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    int size() {
        return values.size();
    }

    double sum() {
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }

    double median() {
        return percentile(50);
    }

    /**
     * Each value divided by the other sample's of the same pair: what disturbed the machine for
     * longer than a pair took is in both, and falls out.
     */
    Sample by(Sample other) {
        if (size() != other.size()) {
            throw new IllegalArgumentException(size() + " values beside " + other.size());
        }
        Sample ratios = new Sample();
        for (int i = 0; i < size(); i++) {
            ratios.add(values.get(i) / other.values.get(i));
        }
        return ratios;
    }

    /** The value below which {@code percent} of the sample lie (nearest rank). */
    double percentile(int percent) {
        if (values.isEmpty()) {
            throw new IllegalStateException("nothing was measured");
        }
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int rank = (int) Math.ceil(percent / 100.0 * sorted.size());
        return sorted.get(Math.max(rank, 1) - 1);
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .put("n", values.size())
                .put("median", number(median()))
                .put("p90", number(percentile(90)))
                .put("p99", number(percentile(99)))
                .put("min", number(percentile(0)))
                .put("max", number(percentile(100)))
                .put(
                        "values",
                        JsonArray.of(values.stream().map(Sample::number).toArray(JsonValue[]::new)))
                .build();
    }

    /** A number with four digits behind the point. */
    static JsonNumber number(double value) {
        return new JsonNumber(
                java.math.BigDecimal.valueOf(value)
                        .setScale(4, java.math.RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString());
    }
}
