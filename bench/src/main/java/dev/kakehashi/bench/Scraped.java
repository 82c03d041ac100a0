package dev.kakehashi.bench;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A histogram of an agent's {@code /metrics} (Prometheus' text format): how many values are at most
 * a bound.
 *
 * @param atMost by upper bounds, of which the last is infinite; each counts the smaller ones too
 */
record Scraped(Map<Double, Long> atMost) {
    private static final Pattern BOUND = Pattern.compile("le=\"([^\"]+)\"");

    /** The buckets of a name whose lines have all these labels. */
    static Scraped of(String metrics, String name, String... labels) {
        Map<Double, Long> counts = new TreeMap<>();
        metrics.lines()
                .filter(line -> line.startsWith(name + "_bucket{"))
                .filter(line -> Arrays.stream(labels).allMatch(line::contains))
                .forEach(line -> {
                    Matcher bound = BOUND.matcher(line);
                    if (bound.find()) {
                        double value = Double.parseDouble(line.substring(line.lastIndexOf(' ')));
                        counts.merge(number(bound.group(1)), (long) value, Long::sum);
                    }
                });
        return new Scraped(counts);
    }

    private static double number(String text) {
        return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }

    /** Adds what came since {@code before} to a sample, each value as its bucket's upper bound. */
    void addSince(Scraped before, Sample sample, double unit) {
        long counted = 0;
        for (Map.Entry<Double, Long> bucket : atMost.entrySet()) {
            long upTo = bucket.getValue() - before.atMost.getOrDefault(bucket.getKey(), 0L);
            for (; counted < upTo; counted++) {
                sample.add(Math.min(bucket.getKey(), 3600) * unit);
            }
        }
    }
}
