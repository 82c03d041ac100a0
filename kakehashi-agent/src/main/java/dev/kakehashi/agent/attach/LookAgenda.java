package dev.kakehashi.agent.attach;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * When which attachments are looked at: soon after something happened to them, not more often than
 * has a use, and once in a while in any case. What happens where nobody has looked before is mostly
 * an ADD of our own, which leaves everything right: it is looked at when that is over.
 *
 * <p>Any thread adds dates, one keeps them.
 */
final class LookAgenda {
    /** What comes together is looked at together. */
    private static final Duration GATHERING = Duration.ofMillis(30);

    /** The end of an ADD, chained plugins and all, for which nobody else has to be fast. */
    private static final Duration SETTLING = Duration.ofMillis(500);

    /** Between two looks at the same, however much happens. */
    private static final Duration SPACING = Duration.ofMillis(200);

    /** Notifications get lost, and some changes have none. */
    private static final Duration CAUTION = Duration.ofMinutes(5);

    /**
     * What is due.
     *
     * @param all whatever there is; then the rest is empty
     * @param namespaces numbers of those where something happened
     * @param links indexes of ends that are to be looked at
     * @param ends indexes of links that changed, perhaps in what concerns nobody
     */
    record Due(boolean all, Set<Integer> namespaces, Set<Integer> links, Set<Integer> ends) {}

    /** Dates of one kind of thing, and when each was last kept. */
    private static final class Dates {
        private final Map<Integer, Long> due = new HashMap<>();
        private final Map<Integer, Long> last = new HashMap<>();

        private long happened(int key, long now) {
            Long before = last.get(key);
            return before == null
                    ? now + SETTLING.toNanos()
                    : now + Math.max(GATHERING.toNanos(), before + SPACING.toNanos() - now);
        }

        private Set<Integer> take(long now) {
            Set<Integer> taken = new HashSet<>();
            for (Iterator<Map.Entry<Integer, Long>> all = due.entrySet().iterator();
                    all.hasNext(); ) {
                Map.Entry<Integer, Long> date = all.next();
                if (date.getValue() - now <= 0) {
                    taken.add(date.getKey());
                    all.remove();
                }
            }
            return taken;
        }

        private void forget(int key) {
            due.remove(key);
            last.remove(key);
        }

        private void clear() {
            due.clear();
            last.clear();
        }
    }

    private final LongSupplier nanoTime;
    private final Dates namespaces = new Dates();
    private final Dates links = new Dates();
    private final Dates ends = new Dates();
    private long next;
    private boolean all;
    private boolean closed;

    /**
     * An agenda without dates.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    LookAgenda(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.next = nanoTime.getAsLong();
    }

    /** Something happened in the namespace with this number. */
    synchronized void happenedIn(int namespace) {
        happened(namespaces, namespace);
    }

    /** Something that hung on a link went. */
    synchronized void lostAt(int link) {
        happened(links, link);
    }

    /** A link was made or changed. */
    synchronized void changed(int link) {
        happened(ends, link);
    }

    private void happened(Dates dates, int key) {
        long now = nanoTime.getAsLong();
        date(dates, key, dates.happened(key, now));
    }

    private void date(Dates dates, int key, long at) {
        Long known = dates.due.get(key);
        if (known == null || at - known < 0) {
            dates.due.put(key, at);
            if (at - next < 0) {
                notifyAll();
            }
        }
    }

    /** Nobody knows what happened: everything is due. */
    synchronized void all() {
        all = true;
        notifyAll();
    }

    /** An end was looked at: it is not new any more, and in its turn again some time. */
    synchronized void looked(int link, int namespace) {
        long now = nanoTime.getAsLong();
        namespaces.last.put(namespace, now);
        links.last.put(link, now);
        ends.last.put(link, now);
        date(links, link, now + CAUTION.toNanos());
    }

    /** It could not be looked at for now. */
    synchronized void again(int link, Duration later) {
        date(links, link, nanoTime.getAsLong() + later.toNanos());
    }

    /** There is no such link any more. */
    synchronized void forgetLink(int link) {
        links.forget(link);
        ends.forget(link);
    }

    /** No end leads to a namespace of this number any more. */
    synchronized void forgetNamespace(int namespace) {
        namespaces.forget(namespace);
    }

    /** Waits until something is due; empty when all is over. */
    synchronized Optional<Due> await() throws InterruptedException {
        while (!closed && !all) {
            long now = nanoTime.getAsLong();
            next = earliest(now + CAUTION.toNanos());
            if (next - now <= 0) {
                break;
            }
            TimeUnit.NANOSECONDS.timedWait(this, next - now);
        }
        return closed ? Optional.empty() : Optional.of(take());
    }

    private long earliest(long latest) {
        long earliest = latest;
        for (Dates dates : List.of(namespaces, links, ends)) {
            for (long date : dates.due.values()) {
                earliest = date - earliest < 0 ? date : earliest;
            }
        }
        return earliest;
    }

    /** What is due now. */
    synchronized Due take() {
        if (all) {
            all = false;
            namespaces.clear();
            links.clear();
            ends.clear();
            return new Due(true, Set.of(), Set.of(), Set.of());
        }
        long now = nanoTime.getAsLong();
        return new Due(false, namespaces.take(now), links.take(now), ends.take(now));
    }

    /** Whether all is over. */
    synchronized boolean isClosed() {
        return closed;
    }

    /** Ends the waiting. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
