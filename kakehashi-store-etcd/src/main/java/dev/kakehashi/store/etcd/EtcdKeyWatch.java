package dev.kakehashi.store.etcd;

import dev.kakehashi.cluster.store.Watch;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchResponse;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells that something changed, and lets whoever asked look what: so no revision is missed by a
 * broken connection, a compaction or a restored backup.
 */
final class EtcdKeyWatch implements Watch {
    private static final System.Logger LOG = System.getLogger(EtcdKeyWatch.class.getName());
    private static final long PAUSE_MILLIS = 1000;

    private final EtcdConnection connection;
    private final ByteSequence prefix;
    private final Runnable changed;
    private final ScheduledExecutorService timer;
    private final Set<EtcdKeyWatch> open;

    // Guarded by this.
    private boolean closed;
    private @Nullable Stream stream;

    EtcdKeyWatch(
            EtcdConnection connection,
            ByteSequence prefix,
            Runnable changed,
            ScheduledExecutorService timer,
            Set<EtcdKeyWatch> open) {
        this.connection = connection;
        this.prefix = prefix;
        this.changed = changed;
        this.timer = timer;
        this.open = open;
    }

    /** What one connection says; after it has broken, nothing more. */
    private final class Stream implements io.etcd.jetcd.Watch.Listener {
        private io.etcd.jetcd.Watch.@Nullable Watcher jetcd;

        @Override
        public void onNext(WatchResponse response) {
            connection.heard();
            if (isCurrent(this)) {
                changed.run(); // the greeting too: what was before it is not told
            }
        }

        @Override
        public void onError(Throwable failure) {
            broken(this, failure);
        }

        @Override
        public void onCompleted() {
            broken(this, new IllegalStateException("the server ended the watch"));
        }
    }

    synchronized void start() {
        if (closed) {
            return;
        }
        Stream started = new Stream();
        stream = started;
        WatchOption option =
                WatchOption.builder()
                        .isPrefix(true)
                        .withCreateNotify(true)
                        .withRequireLeader(true)
                        .build();
        try {
            started.jetcd = connection.client().getWatchClient().watch(prefix, option, started);
        } catch (RuntimeException e) {
            broken(started, e);
        }
    }

    private synchronized boolean isCurrent(Stream which) {
        return !closed && stream == which;
    }

    private synchronized void broken(Stream which, Throwable failure) {
        if (closed || stream != which) {
            return;
        }
        end(which);
        LOG.log(
                System.Logger.Level.DEBUG,
                "{0}: watches {1} anew: {2}",
                connection,
                prefix,
                EtcdConnection.said(failure));
        try {
            Future<?> _ = timer.schedule(this::start, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            closed = true; // with the store
        }
    }

    private void end(@Nullable Stream which) {
        stream = null;
        if (which != null && which.jetcd != null) {
            which.jetcd.close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        end(stream);
        open.remove(this);
    }
}
