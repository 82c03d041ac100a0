package dev.kakehashi.cluster.store;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The thread that looks at the directories: when inotify says so, and in any case every now and
 * then, since inotify sees neither what another host does on a shared file system nor a directory
 * that was made anew.
 */
final class DirectoryWatcher implements AutoCloseable {
    /** Often enough to do without inotify. */
    private static final long POLL_MILLIS = 200;

    private static final System.Logger LOG = System.getLogger(DirectoryWatcher.class.getName());

    private final List<KindDirectory<?>> kinds;
    private final @Nullable WatchService inotify;
    private final Map<Path, WatchKey> keys = new HashMap<>();
    private final Thread thread;
    private volatile boolean closed;
    private volatile String lastFailure = "";
    private volatile String lastError = "";
    private volatile long lastLook = System.nanoTime();

    private DirectoryWatcher(
            Path root, List<KindDirectory<?>> kinds, @Nullable WatchService inotify) {
        this.kinds = kinds;
        this.inotify = inotify;
        this.thread = Thread.ofPlatform().daemon().name("store " + root).unstarted(this::run);
    }

    static DirectoryWatcher start(Path root, List<KindDirectory<?>> kinds) {
        WatchService inotify = null;
        try {
            inotify = root.getFileSystem().newWatchService();
        } catch (IOException e) {
            // fs.inotify.max_user_instances is 128 on many systems.
            LOG.log(
                    System.Logger.Level.INFO,
                    "watching {0} without inotify: {1}",
                    root,
                    IoReason.of(e));
        }
        DirectoryWatcher watcher = new DirectoryWatcher(root, kinds, inotify);
        watcher.register();
        watcher.thread.start();
        return watcher;
    }

    private void run() {
        boolean unsettled = false;
        while (!closed) {
            try {
                await(unsettled ? DirectoryView.SETTLE_MILLIS / 4 : POLL_MILLIS);
                register();
                unsettled = refresh();
            } catch (InterruptedException | ClosedWatchServiceException e) {
                return;
            }
        }
    }

    private boolean refresh() {
        boolean unsettled = false;
        String failure = "";
        for (KindDirectory<?> kind : kinds) {
            try {
                unsettled |= kind.view().refresh();
            } catch (StoreException e) {
                failure = String.valueOf(e.getMessage());
            }
        }
        if (!failure.equals(lastFailure)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    failure.isEmpty() ? "the store is readable again" : failure);
            lastFailure = failure;
        }
        if (failure.isEmpty()) {
            lastLook = System.nanoTime();
        } else {
            lastError = failure;
        }
        return unsettled;
    }

    StoreStatus status() {
        Duration lag = Duration.ofNanos(System.nanoTime() - lastLook);
        return new StoreStatus(lastFailure.isEmpty(), lastError, lag);
    }

    private void await(long millis) throws InterruptedException {
        if (inotify == null) {
            Thread.sleep(millis);
            return;
        }
        WatchKey key = inotify.poll(millis, TimeUnit.MILLISECONDS);
        while (key != null) {
            key.pollEvents();
            key.reset();
            key = inotify.poll();
        }
    }

    /** Also again: a directory that was removed and made anew is another one to inotify. */
    private void register() {
        if (inotify == null) {
            return;
        }
        for (KindDirectory<?> kind : kinds) {
            WatchKey key = keys.get(kind.directory());
            if (key == null || !key.isValid()) {
                try {
                    WatchEvent.Kind<?>[] all = {
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE
                    };
                    keys.put(kind.directory(), kind.directory().register(inotify, all));
                } catch (IOException e) {
                    keys.remove(kind.directory()); // the scan that follows says what is wrong
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            if (inotify != null) {
                inotify.close();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "closing inotify failed", e);
        }
        thread.interrupt();
        if (!Thread.currentThread().equals(thread)) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
