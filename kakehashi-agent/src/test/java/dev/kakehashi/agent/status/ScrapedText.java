package dev.kakehashi.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers read from Prometheus's text format (version 0.0.4) by somebody who forgives nothing:
 * every sample belongs to the family whose HELP and TYPE stand before it, none is there twice,
 * counters end in {@code _total}, and the buckets of a histogram add up.
 */
public final class ScrapedText {
    private static final Pattern COMMENT =
            Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(.*)})? ([^ ]+)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\"\\\\n])*)\"(,|$)");

    private final Map<String, Double> samples = new LinkedHashMap<>();
    private final Map<String, String> types = new HashMap<>();

    /** Reads a whole answer. */
    public static ScrapedText parse(String text) {
        assertThat(text).endsWith("\n");
        ScrapedText scraped = new ScrapedText();
        String family = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith("#")) {
                Matcher comment = COMMENT.matcher(line);
                assertThat(comment.matches()).as(line).isTrue();
                if (comment.group(1).equals("TYPE")) {
                    family = comment.group(2);
                    assertThat(scraped.types.put(family, comment.group(3))).as(line).isNull();
                }
            } else {
                scraped.sample(family, line);
            }
        }
        return scraped;
    }

    private void sample(String family, String line) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        String name = sample.group(1);
        String type = types.getOrDefault(family, "none");
        if (type.equals("histogram")) {
            assertThat(name).as(line).matches(family + "_(bucket|sum|count)");
        } else {
            assertThat(name).as(line).isEqualTo(family);
        }
        if (type.equals("counter")) {
            assertThat(name).endsWith("_total");
        }
        Map<String, String> labels = new TreeMap<>();
        String text = sample.group(3) == null ? "" : sample.group(3);
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (label.lookingAt()) {
            assertThat(labels.put(label.group(1), label.group(2))).as(line).isNull();
            end = label.end();
            label.region(end, text.length());
        }
        assertThat(end).as(line).isEqualTo(text.length());
        double value =
                sample.group(4).equals("+Inf")
                        ? Double.POSITIVE_INFINITY
                        : Double.parseDouble(sample.group(4));
        assertThat(samples.put(name + labels, value)).as("twice: " + line).isNull();
    }

    /** The sample of a name and labels, such as {@code up{job=a, node=b}}, sorted by name. */
    public double value(String name, String... labels) {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            wanted.put(labels[i], labels[i + 1]);
        }
        assertThat(samples).containsKey(name + wanted);
        return samples.getOrDefault(name + wanted, Double.NaN);
    }

    /** Whether there is such a sample. */
    public boolean has(String name, String label, String value) {
        return samples.keySet().stream()
                .anyMatch(key -> key.startsWith(name + "{") && key.contains(label + "=" + value));
    }
}
