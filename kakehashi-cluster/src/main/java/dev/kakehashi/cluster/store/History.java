package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.ClusterObject;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;

/**
 * The last changes of a kind as this process saw them, numbered. A directory keeps no log, so a
 * revision means something only to the store instance that gave it. Not thread-safe.
 */
final class History<T extends ClusterObject> {
    private static final int KEPT = 4096;

    private record Entry<T extends ClusterObject>(long number, StoreEvent<T> event) {}

    private final String instance = UUID.randomUUID().toString();
    private final Deque<Entry<T>> entries = new ArrayDeque<>();
    private long last;

    void add(StoreEvent<T> event) {
        entries.addLast(new Entry<>(++last, event));
        if (entries.size() > KEPT) {
            entries.removeFirst();
        }
    }

    long last() {
        return last;
    }

    Revision revision() {
        return new Revision(instance + ":" + last);
    }

    long numberOf(Revision revision) throws RevisionGoneException {
        String value = revision.value();
        int colon = value.lastIndexOf(':');
        if (colon >= 0 && value.substring(0, colon).equals(instance)) {
            try {
                long number = Long.parseLong(value.substring(colon + 1));
                if (number <= last && isKnownSince(number)) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Not a revision of ours: answered below.
            }
        }
        throw new RevisionGoneException(
                "revision " + revision + " is not known (any more): list again");
    }

    boolean isKnownSince(long number) {
        return number == last || (!entries.isEmpty() && entries.getFirst().number() <= number + 1);
    }

    List<StoreEvent<T>> since(long number) {
        List<StoreEvent<T>> events = new ArrayList<>();
        for (Entry<T> entry : entries) {
            if (entry.number() > number) {
                events.add(entry.event());
            }
        }
        return events;
    }
}
