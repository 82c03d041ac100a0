package dev.kakehashi.agent.status;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long CNI commands took, counted on their way: a few hundred nanoseconds each, nothing to wait
 * for. Thread-safe.
 */
public final class Durations {
    /** Upper bounds in seconds; the last bucket has none. */
    static final double[] BOUNDS = {
        0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
        30, 60
    };

    private static final Set<String> COMMANDS =
            Set.of("ADD", "DEL", "CHECK", "GC", "STATUS", "VERSION");

    /** The name that a caller may choose freely must not fill a monitor. */
    private static final int MOST_SERIES = 256;

    private static final String OTHER = "other";

    private record Key(String command, String plugin, boolean succeeded) {
        // Not the record's own: docs/adr/0008.
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && succeeded == key.succeeded
                    && command.equals(key.command)
                    && plugin.equals(key.plugin);
        }

        @Override
        public int hashCode() {
            return (command.hashCode() * 31 + plugin.hashCode()) * 2 + (succeeded ? 1 : 0);
        }
    }

    /** The last two places are those of the unbounded bucket and of the sum in nanoseconds. */
    private static final class Series {
        private final AtomicLongArray numbers = new AtomicLongArray(BOUNDS.length + 2);
    }

    /**
     * The calls of one kind.
     *
     * @param counts of each bucket by itself, in the order of {@link #BOUNDS}, then of those above
     * @param sumSeconds of all of them together
     */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record Times(
            String command, String plugin, boolean succeeded, long[] counts, double sumSeconds) {
        long count() {
            long all = 0;
            for (long count : counts) {
                all += count;
            }
            return all;
        }
    }

    private final ConcurrentHashMap<Key, Series> series = new ConcurrentHashMap<>();

    /**
     * Counts a call.
     *
     * @param command of the specification; any other is counted as {@code other}
     * @param plugin its type
     * @param nanos how long it took
     */
    public void took(String command, String plugin, boolean succeeded, long nanos) {
        boolean full = series.size() >= MOST_SERIES;
        Key key = new Key(COMMANDS.contains(command) ? command : OTHER, plugin, succeeded);
        Series counted = series.get(key);
        if (counted == null) {
            Key known = full ? new Key(key.command(), OTHER, succeeded) : key;
            counted = series.computeIfAbsent(known, _ -> new Series());
        }
        int bucket = 0;
        while (bucket < BOUNDS.length && nanos > BOUNDS[bucket] * 1e9) {
            bucket++;
        }
        counted.numbers.incrementAndGet(bucket);
        counted.numbers.addAndGet(BOUNDS.length + 1, nanos);
    }

    /** All that was counted, in the order of commands and plugins. */
    List<Times> all() {
        List<Times> all = new ArrayList<>();
        series.forEach((key, counted) -> {
            long[] counts = new long[BOUNDS.length + 1];
            for (int i = 0; i < counts.length; i++) {
                counts[i] = counted.numbers.get(i);
            }
            double sum = counted.numbers.get(BOUNDS.length + 1) / 1e9;
            all.add(new Times(key.command(), key.plugin(), key.succeeded(), counts, sum));
        });
        all.sort(
                Comparator.comparing(Times::command)
                        .thenComparing(Times::plugin)
                        .thenComparing(Times::succeeded));
        return all;
    }
}
