package dev.kakehashi.store.etcd;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.store.StoreEvent;
import dev.kakehashi.cluster.store.Watch;

import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One watch: a stream from the server, begun anew after the last revision that it told whenever it
 * breaks.
 *
 * <p>Not left to jetcd, which resumes from the revision in the server's greeting, so that what
 * happened between that and its last event is lost when the connection breaks once more; and which
 * takes a stream that the server ended in good order for the end of the watch.
 */
final class EtcdWatch<T extends ClusterObject> implements Watch {
    private static final System.Logger LOG = System.getLogger(EtcdWatch.class.getName());
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 2000;

    private final EtcdConnection connection;
    private final EtcdKeys<T> keys;
    private final Consumer<StoreEvent<T>> watcher;
    private final Executor tells;
    private final ScheduledExecutorService timer;
    private final Set<EtcdWatch<?>> open;

    /** Held while the watcher is told, so that {@link #close} waits for a report under way. */
    private final Object telling = new Object();

    private volatile boolean closed;

    // Below: guarded by this.
    private long seen;
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private @Nullable Stream stream;

    EtcdWatch(
            EtcdConnection connection,
            EtcdKeys<T> keys,
            long from,
            Consumer<StoreEvent<T>> watcher,
            Executor tells,
            ScheduledExecutorService timer,
            Set<EtcdWatch<?>> open) {
        this.connection = connection;
        this.keys = keys;
        this.seen = from;
        this.watcher = watcher;
        this.tells = tells;
        this.timer = timer;
        this.open = open;
    }

    synchronized void start() {
        if (closed) {
            return;
        }
        WatchOption option =
                WatchOption.builder()
                        .isPrefix(true)
                        .withRevision(seen + 1)
                        .withCreateNotify(true)
                        .withProgressNotify(true)
                        // A member that lost the others tells nothing new and does not know it.
                        .withRequireLeader(true)
                        .build();
        Stream started = new Stream();
        stream = started;
        try {
            started.jetcd =
                    connection.client().getWatchClient().watch(keys.first(), option, started);
        } catch (RuntimeException e) {
            broken(started, e);
        }
    }

    /** What the server sends, until it breaks. Another stream may be in its place by then. */
    private final class Stream implements io.etcd.jetcd.Watch.Listener {
        private io.etcd.jetcd.Watch.@Nullable Watcher jetcd;

        @Override
        public void onNext(WatchResponse response) {
            connection.heard();
            received(this, response);
        }

        @Override
        public void onError(Throwable failure) {
            broken(this, failure);
        }

        @Override
        public void onCompleted() {
            broken(this, new IllegalStateException("the server ended the watch"));
        }

        void end() {
            io.etcd.jetcd.Watch.Watcher watcher = jetcd;
            if (watcher != null) {
                watcher.close();
            }
        }
    }

    private synchronized void received(Stream from, WatchResponse response) {
        if (closed || stream != from) {
            return;
        }
        pauseMillis = FIRST_PAUSE_MILLIS;
        long current = response.getHeader().getRevision();
        if (current < seen) {
            // Restored from a backup: what it counts now is another history.
            lost("etcd is at revision " + current + " and has been at " + seen);
            return;
        }
        for (WatchEvent event : response.getEvents()) {
            seen = Math.max(seen, event.getKeyValue().getModRevision());
            tell(
                    event.getEventType() == WatchEvent.EventType.DELETE
                            ? new StoreEvent.Removed<>(keys.name(event.getKeyValue().getKey()))
                            : keys.read(event.getKeyValue()));
        }
        if (response.isProgressNotify()) {
            // All up to here was sent: a watch on what seldom changes outlives a compaction.
            seen = Math.max(seen, current);
        }
    }

    private synchronized void broken(Stream which, Throwable failure) {
        if (closed || stream != which) {
            return;
        }
        stream = null;
        which.end();
        if (failure instanceof CompactedException compacted) {
            lost(
                    "etcd has forgotten what followed revision "
                            + seen
                            + ": compacted at "
                            + compacted.getCompactedRevision());
            return;
        }
        LOG.log(
                System.Logger.Level.DEBUG,
                "{0}: the watch on {1} goes on from revision {2}: {3}",
                connection,
                keys.kind().plural(),
                seen,
                EtcdConnection.said(failure));
        try {
            Future<?> _ = timer.schedule(this::start, pauseMillis, TimeUnit.MILLISECONDS);
            pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        } catch (RejectedExecutionException e) {
            closed = true; // with the store
        }
    }

    private void lost(String reason) {
        tell(new StoreEvent.Lost<>(reason));
        Stream last = stream;
        stream = null;
        open.remove(this);
        if (last != null) {
            last.end();
        }
    }

    private void tell(StoreEvent<T> event) {
        try {
            tells.execute(() -> report(event));
        } catch (RejectedExecutionException e) {
            closed = true; // with the store
        }
    }

    private void report(StoreEvent<T> event) {
        synchronized (telling) {
            if (closed) {
                return;
            }
            try {
                watcher.accept(event);
            } catch (RuntimeException e) {
                // One watcher's defect must not stop the others.
                LOG.log(System.Logger.Level.ERROR, "a watcher failed on " + event, e);
            }
        }
    }

    @Override
    public void close() {
        Stream last;
        synchronized (this) {
            closed = true;
            last = stream;
            stream = null;
        }
        open.remove(this);
        if (last != null) {
            last.end();
        }
        synchronized (telling) {
            // A report that was under way is over.
        }
    }
}
