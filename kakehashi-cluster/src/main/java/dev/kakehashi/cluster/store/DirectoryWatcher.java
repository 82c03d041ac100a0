package dev.kakehashi.cluster.store;

import static java.util.Objects.requireNonNull;

import dev.kakehashi.linux.Uninterruptibly;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.Watchable;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The thread that looks at the directories: when inotify says so, and in any case every now and
 * then, since inotify sees neither what another host does on a shared file system nor a directory
 * that was made anew.
 */
final class DirectoryWatcher implements AutoCloseable {
    /** Often enough to do without inotify. */
    private static final long POLL_MILLIS = 200;

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS);

    /** Between looks at thousands of files, in times of how long one takes: 2 % of a processor. */
    private static final long REST = 50;

    private static final System.Logger LOG = System.getLogger(DirectoryWatcher.class.getName());

    private final List<KindDirectory<?>> kinds;
    private final @Nullable WatchService inotify;
    private final Map<Path, WatchKey> keys = new HashMap<>();
    private final Thread thread;

    /** At which files to look next; of the watcher's thread, as the time below. */
    private final Map<KindDirectory<?>, Set<String>> doubts = new HashMap<>();

    private long nextFullLook = System.nanoTime();
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
        while (!closed) {
            try {
                await(doubts.isEmpty() ? POLL_MILLIS : DirectoryView.SETTLE_MILLIS / 4);
                register();
                if (System.nanoTime() - nextFullLook >= 0) {
                    lookAtAll();
                } else {
                    lookAt(Map.copyOf(doubts));
                }
            } catch (InterruptedException | ClosedWatchServiceException e) {
                return;
            }
        }
    }

    /** Also at what inotify did not tell of, in a small part of the time. */
    private void lookAtAll() {
        long start = System.nanoTime();
        look(kinds, kind -> kind.view().refresh());
        long end = System.nanoTime();
        nextFullLook = end + Math.max(POLL_NANOS, (end - start) * REST);
    }

    /** At what inotify told of, and what was unclear before. */
    private void lookAt(Map<KindDirectory<?>, Set<String>> names) {
        if (!names.isEmpty()) {
            look(names.keySet(), kind -> kind.view().refresh(requireNonNull(names.get(kind))));
        }
    }

    /** Looks, and answers at what a second look is due. */
    private interface Look {
        Set<String> at(KindDirectory<?> kind) throws StoreException;
    }

    private void look(Iterable<KindDirectory<?>> where, Look look) {
        String failure = "";
        for (KindDirectory<?> kind : where) {
            doubts.remove(kind);
            try {
                Set<String> unsettled = look.at(kind);
                if (!unsettled.isEmpty()) {
                    doubts.put(kind, unsettled);
                }
            } catch (StoreException e) {
                failure = String.valueOf(e.getMessage());
                nextFullLook = System.nanoTime() + POLL_NANOS;
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
            note(key);
            key = inotify.poll();
        }
    }

    private void note(WatchKey key) {
        for (WatchEvent<?> event : key.pollEvents()) {
            if (event.context() instanceof Path file) {
                ObjectFile.nameOf(file).ifPresent(name -> doubt(key.watchable(), name));
            } else {
                nextFullLook = System.nanoTime(); // more happened than inotify keeps
            }
        }
        if (!key.reset()) {
            nextFullLook = System.nanoTime();
        }
    }

    private void doubt(Watchable directory, String name) {
        for (KindDirectory<?> kind : kinds) {
            if (kind.directory().equals(directory)) {
                doubts.computeIfAbsent(kind, k -> new HashSet<>()).add(name);
            }
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
                    nextFullLook = System.nanoTime(); // what came before it was heard
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
        Uninterruptibly.join(thread);
    }
}
