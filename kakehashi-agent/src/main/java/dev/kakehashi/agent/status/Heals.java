package dev.kakehashi.agent.status;

import dev.kakehashi.state.reconcile.ReconcilerEvent;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what was healed, and remembers the last of it. Thread-safe. */
public final class Heals {
    private static final int REMEMBERED = 10;

    private final Map<String, Long> byKind = new TreeMap<>();
    private final Deque<Heal> last = new ArrayDeque<>();
    private long failures;
    private long contests;
    private String trouble = "";

    /**
     * All that was counted.
     *
     * @param byKind objects put right, by what people call them
     * @param last the last ones, the latest first
     * @param failures how often something could not be put right
     * @param contests how often somebody else turned out to want objects otherwise
     * @param trouble what could not be put right when last tried; empty when nothing
     */
    public record Summary(
            Map<String, Long> byKind,
            List<Heal> last,
            long failures,
            long contests,
            String trouble) {
        /** Copies the collections. */
        public Summary {
            byKind = new TreeMap<>(byKind);
            last = List.copyOf(last);
        }

        /** Nothing has happened. */
        public static Summary nothing() {
            return new Summary(Map.of(), List.of(), 0, 0, "");
        }
    }

    /** Counts what a reconciler tells. */
    public synchronized void happened(ReconcilerEvent event) {
        switch (event) {
            case ReconcilerEvent.Healed healed -> {
                healed.kinds().forEach(kind -> byKind.merge(kind, 1L, Long::sum));
                last.addFirst(
                        new Heal(Instant.now(), healed.kinds().getFirst(), healed.toString()));
                if (last.size() > REMEMBERED) {
                    last.removeLast();
                }
            }
            case ReconcilerEvent.Failed failed -> {
                failures++;
                trouble = failed.reason();
            }
            case ReconcilerEvent.Contested _ -> contests++;
            case ReconcilerEvent.Recovered _ -> trouble = "";
        }
    }

    /** As it is now. */
    public synchronized Summary summary() {
        return new Summary(byKind, List.copyOf(last), failures, contests, trouble);
    }
}
