package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.ClusterObject;

import java.util.function.Consumer;

/** One watch: how far it has been told, and whom it tells. */
final class DirectoryWatch<T extends ClusterObject> implements Watch {
    private static final System.Logger LOG = System.getLogger(DirectoryWatch.class.getName());

    private final DirectoryView<T> view;
    private final Consumer<StoreEvent<T>> consumer;
    private long told;
    private boolean closed;

    DirectoryWatch(DirectoryView<T> view, long from, Consumer<StoreEvent<T>> consumer) {
        this.view = view;
        this.told = from;
        this.consumer = consumer;
    }

    /**
     * Tells what is new. Holds this watch's monitor, so that {@link #close} waits for a report that
     * is under way.
     */
    synchronized void deliver() {
        if (!closed && !view.isKnownSince(told)) {
            close();
            report(new StoreEvent.Lost<>("more changes than are remembered"));
            return;
        }
        for (StoreEvent<T> event : view.since(told)) {
            if (closed) {
                return;
            }
            told++;
            report(event);
        }
    }

    private void report(StoreEvent<T> event) {
        try {
            consumer.accept(event);
        } catch (RuntimeException e) {
            // One watcher's defect must not stop the others.
            LOG.log(System.Logger.Level.ERROR, "a watcher failed on " + event, e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        view.forget(this);
    }
}
