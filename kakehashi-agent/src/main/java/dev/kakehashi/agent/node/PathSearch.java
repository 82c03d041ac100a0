package dev.kakehashi.agent.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Searches for the size of the largest packet that arrives at one host: which sizes to ask, and
 * what answers and their absence tell. No answer may be a packet that is too large, one that was
 * lost, or a way that is slow: an answer counts whenever it comes, silence is waited for by what
 * answers have taken, and no size is taken to be too large before the next one to the largest that
 * arrived was asked six times. Sizes are octets, times {@link System#nanoTime}. Not thread-safe.
 */
final class PathSearch {
    private static final long LEAST_PATIENCE = Duration.ofMillis(200).toNanos();
    private static final long LONGEST_PATIENCE = Duration.ofSeconds(2).toNanos();

    /** Of the time that the slowest answer took. */
    private static final int PATIENCE_FACTOR = 2;

    /** Rounds in which nothing may be heard: the patience doubles each time. */
    private static final int FIRST_ROUNDS = 3;

    /** Rounds in which what was found must stand. */
    private static final int LAST_ROUNDS = 3;

    /** Sizes asked at once between what arrives and what does not. */
    private static final int STEPS = 15;

    /** Of the sizes above what was found. */
    private static final int LAST_STEPS = 7;

    /** From 64 KiB on some ten suffice where nothing is lost. */
    private static final int MOST_ROUNDS = 30;

    private enum Phase {
        /** Whether all arrives, or anything. */
        FIRST,
        /** Between what arrives and what does not. */
        NARROWING,
        /** Whether more arrives than was found. */
        LAST,
        OVER
    }

    private final int floor;
    private final int full;
    private final OptionalInt before;
    private final Map<Integer, Long> firstAsked = new HashMap<>();
    private final Set<Integer> open = new TreeSet<>();
    private Phase phase = Phase.FIRST;
    private int round;
    private int rounds;
    private int arrives;
    private int fails;
    private long asked;
    private long due;
    private long slowest;

    /**
     * Begins now.
     *
     * @param floor what every way carries
     * @param full more is not asked
     * @param before what was found last, asked soon
     */
    PathSearch(int floor, int full, OptionalInt before, long now) {
        this.floor = floor;
        this.full = full;
        this.before = before;
        this.fails = full;
        this.due = now;
    }

    /** Whether nothing more is to be asked. */
    boolean isOver() {
        return phase == Phase.OVER;
    }

    /** When to ask on. */
    long due() {
        return due;
    }

    /** The largest that arrived; empty when nothing did. */
    OptionalInt found() {
        return arrives == 0 ? OptionalInt.empty() : OptionalInt.of(arrives);
    }

    /** What to ask now, some of it more than once; nothing when it is over. */
    List<Integer> ask(long now) {
        conclude();
        List<Integer> sizes = new ArrayList<>();
        switch (phase) {
            case FIRST -> {
                if (round > 0) {
                    sizes.add(floor);
                    sizes.addAll(aroundBefore());
                }
            }
            case NARROWING -> {
                sizes.addAll(between(arrives, fails, STEPS));
                sizes.addAll(aroundBefore());
            }
            case LAST -> {
                sizes.addAll(between(arrives, full, LAST_STEPS));
                sizes.addAll(List.of(arrives + 1, arrives + 1));
            }
            case OVER -> {
                return List.of();
            }
        }
        sizes.add(full);
        sizes.removeIf(size -> size <= arrives);
        round++;
        rounds++;
        asked = now;
        due = now + patience();
        open.clear();
        open.addAll(sizes);
        sizes.forEach(size -> firstAsked.putIfAbsent(size, now));
        return sizes;
    }

    /** From what was not answered, before the next questions. */
    private void conclude() {
        if (rounds == MOST_ROUNDS || (phase == Phase.LAST && round == LAST_ROUNDS)) {
            phase = Phase.OVER;
        } else if (phase == Phase.FIRST && round == FIRST_ROUNDS) {
            enter(arrives == 0 ? Phase.OVER : Phase.NARROWING);
        } else if (phase == Phase.NARROWING) {
            open.stream().min(Integer::compare).ifPresent(size -> fails = Math.min(fails, size));
        }
        if (phase == Phase.NARROWING && fails - arrives <= 1) {
            enter(Phase.LAST);
        }
    }

    private void enter(Phase next) {
        phase = next;
        round = 0;
        open.clear();
    }

    private List<Integer> aroundBefore() {
        return before.isPresent() && before.getAsInt() < fails
                ? List.of(before.getAsInt(), Math.min(full, before.getAsInt() + 1))
                : List.of();
    }

    private static Set<Integer> between(int low, int high, int steps) {
        Set<Integer> sizes = new TreeSet<>();
        for (int i = 1; i <= steps; i++) {
            sizes.add(low + (int) ((long) (high - low) * i / (steps + 1)));
        }
        sizes.removeIf(size -> size <= low || size >= high);
        return sizes;
    }

    /** As long as it took for those that were answered; before, longer each time. */
    private long patience() {
        return slowest == 0
                ? LEAST_PATIENCE << Math.min(round - 1, FIRST_ROUNDS - 1)
                : Math.clamp(PATIENCE_FACTOR * slowest, LEAST_PATIENCE, LONGEST_PATIENCE);
    }

    /** A packet of this size has arrived, in whichever round it was asked. */
    void answered(int size, long now) {
        Long first = firstAsked.get(size);
        if (first == null || phase == Phase.OVER) {
            return; // not ours
        }
        boolean wasSilent = slowest == 0;
        slowest = Math.max(slowest, Math.max(1, now - first));
        if (wasSilent) {
            due = asked + Math.min(due - asked, patience());
        }
        if (size <= arrives) {
            return;
        }
        arrives = size;
        if (size == full) {
            phase = Phase.OVER;
        } else if (phase != Phase.FIRST && size >= fails) {
            fails = full; // what seemed too large was lost, or slow
            enter(Phase.NARROWING);
            due = now;
        } else {
            open.removeIf(other -> other <= size);
            if (open.isEmpty()) {
                due = now;
            }
        }
    }
}
