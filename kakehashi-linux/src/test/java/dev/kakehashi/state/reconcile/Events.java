package dev.kakehashi.state.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** What a reconciler told, and when. */
final class Events implements ReconcilerListener {
    private final List<ReconcilerEvent> all = new ArrayList<>();

    @Override
    public synchronized void happened(ReconcilerEvent event) {
        all.add(event);
        notifyAll();
    }

    synchronized void forget() {
        all.clear();
    }

    synchronized List<String> texts() {
        return all.stream().map(Object::toString).toList();
    }

    /** Waits for an event; how long it took. */
    synchronized Duration await(Predicate<ReconcilerEvent> wanted) throws InterruptedException {
        long began = System.nanoTime();
        long deadline = began + TimeUnit.SECONDS.toNanos(5);
        while (all.stream().noneMatch(wanted)) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("not told in 5 s; told was only " + texts());
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    Duration awaitText(String text) throws InterruptedException {
        return await(event -> event.toString().equals(text));
    }
}
