package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.ObjectName;
import dev.kakehashi.cluster.Problem;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What is in a directory, followed by looking at it: each scan compares the files with the last one
 * and notes what changed. Thread-safe.
 *
 * <p>An editor may write a file in several steps, or move the old one away before the new one
 * comes. So a file that is broken or gone is believed only when it still is {@value #SETTLE_MILLIS}
 * ms later.
 */
final class DirectoryView<T extends ClusterObject> {
    static final long SETTLE_MILLIS = 100;

    /**
     * The kernel stamps files by a clock of some milliseconds, so that two writes may carry one
     * stamp: a file this young is read again even if its stamp did not change.
     */
    private static final long RACY_MILLIS = 100;

    private static final System.Logger LOG = System.getLogger(DirectoryView.class.getName());

    private final Kind<T> kind;
    private final Path directory;
    private final Map<String, SeenFile<T>> files = new TreeMap<>();
    private final History<T> history = new History<>();
    private final List<DirectoryWatch<T>> watches = new CopyOnWriteArrayList<>();
    private final Set<String> confirmedGone = new HashSet<>();

    DirectoryView(Kind<T> kind, Path directory) {
        this.kind = kind;
        this.directory = directory;
    }

    synchronized Listing<T> list() throws StoreException {
        scan(true);
        List<Stored<T>> objects = new ArrayList<>();
        List<Rejected> rejected = new ArrayList<>();
        files.forEach((name, file) -> {
            file.good().ifPresent(objects::add);
            if (!file.problems().isEmpty()) {
                rejected.add(new Rejected(name, file.problems()));
            }
        });
        return new Listing<>(objects, rejected, history.revision());
    }

    synchronized Watch watch(Revision from, Consumer<StoreEvent<T>> consumer)
            throws StoreException {
        DirectoryWatch<T> watch = new DirectoryWatch<>(this, history.numberOf(from), consumer);
        watches.add(watch);
        return watch;
    }

    void forget(DirectoryWatch<T> watch) {
        watches.remove(watch);
    }

    /** What this process removed itself needs no second look. */
    synchronized void confirmRemoved(String name) {
        confirmedGone.add(name);
    }

    /**
     * Looks at the whole directory and reports what changed to the watches; on the watcher's thread
     * only.
     *
     * @return at whose files a second look is due before {@link #SETTLE_MILLIS} are over
     */
    Set<String> refresh() throws StoreException {
        Set<String> unsettled = scan(false);
        watches.forEach(DirectoryWatch::deliver);
        return unsettled;
    }

    /** The same, looking only at the files of these names. */
    Set<String> refresh(Set<String> names) throws StoreException {
        Set<String> unsettled = glance(names);
        watches.forEach(DirectoryWatch::deliver);
        return unsettled;
    }

    synchronized boolean isKnownSince(long number) {
        return history.isKnownSince(number);
    }

    synchronized List<StoreEvent<T>> since(long number) {
        return history.since(number);
    }

    private synchronized Set<String> glance(Set<String> names) throws StoreException {
        long now = System.nanoTime();
        Set<String> unsettled = new HashSet<>();
        for (String name : names) {
            Path path = ObjectFile.path(directory, name);
            boolean again;
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                again = look(name, path, now, false);
            } else if (!Files.isDirectory(directory)) {
                throw missing(new NotDirectoryException(directory.toString()));
            } else {
                again = files.containsKey(name) && gone(name, now, false);
                confirmedGone.remove(name);
            }
            if (again) {
                unsettled.add(name);
            }
        }
        return unsettled;
    }

    /** With {@code settled}, what is broken or gone is believed at once. */
    private synchronized Set<String> scan(boolean settled) throws StoreException {
        long now = System.nanoTime();
        Set<String> present = new HashSet<>();
        Set<String> unsettled = new HashSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                Optional<String> name = ObjectFile.nameOf(entry);
                if (name.isPresent()) {
                    present.add(name.get());
                    if (look(name.get(), entry, now, settled)) {
                        unsettled.add(name.get());
                    }
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw missing(e);
        } catch (IOException e) {
            throw new StoreException("cannot list " + directory + ": " + IoReason.of(e), e);
        }
        for (String name : List.copyOf(files.keySet())) {
            if (!present.contains(name) && gone(name, now, settled)) {
                unsettled.add(name);
            }
        }
        confirmedGone.clear();
        return unsettled;
    }

    /** A store that is gone is not a store without objects: what was known stays. */
    private StoreException missing(IOException e) {
        return new StoreException(
                directory + " is missing; the last known " + kind.plural() + " stay", e);
    }

    private boolean look(String name, Path path, long now, boolean settled) {
        SeenFile<T> seen = files.computeIfAbsent(name, n -> new SeenFile<>());
        seen.present();
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            long age = System.currentTimeMillis() - attributes.lastModifiedTime().toMillis();
            FileStamp stamp = FileStamp.of(attributes);
            if (seen.hasStamp(stamp) && age > RACY_MILLIS && !seen.isSuspect()) {
                return false;
            }
            ObjectFile file = ObjectFile.read(directory, name);
            seen.stamp(stamp);
            return changed(name, file, seen, now, settled) || age <= RACY_MILLIS;
        } catch (NoSuchFileException e) {
            return true; // replaced under our eyes: the next look will see
        } catch (IOException e) {
            Problem problem =
                    new Problem(
                            directory.getFileName() + "/" + name + ObjectFile.SUFFIX,
                            0,
                            "",
                            IoReason.of(e));
            return broken(name, seen, new Version("unreadable"), List.of(problem), now, settled);
        }
    }

    private boolean changed(
            String name, ObjectFile file, SeenFile<T> seen, long now, boolean settled) {
        if (seen.isKnown(file.version())) {
            return false;
        }
        var problemOfName = ObjectName.problemOf(name);
        if (problemOfName.isPresent()) {
            Problem problem = new Problem(file.source(), 0, "", problemOfName.get());
            return broken(name, seen, file.version(), List.of(problem), now, settled);
        }
        try {
            Stored<T> stored = file.decode(kind, name);
            seen.accept(stored);
            history.add(new StoreEvent.Put<>(stored));
            return false;
        } catch (InvalidObjectException e) {
            return broken(name, seen, file.version(), e.problems(), now, settled);
        }
    }

    private boolean broken(
            String name,
            SeenFile<T> seen,
            Version version,
            List<Problem> problems,
            long now,
            boolean settled) {
        if (seen.isKnown(version)) {
            return false;
        }
        if (!settled
                && !seen.isSuspectSince(
                        version, now, TimeUnit.MILLISECONDS.toNanos(SETTLE_MILLIS))) {
            return true;
        }
        seen.reject(version, problems);
        history.add(new StoreEvent.Broken<>(new Rejected(name, problems)));
        LOG.log(System.Logger.Level.DEBUG, "rejected {0}", problems);
        return false;
    }

    private boolean gone(String name, long now, boolean settled) {
        SeenFile<T> seen = java.util.Objects.requireNonNull(files.get(name));
        boolean believed = settled || confirmedGone.contains(name);
        if (!believed && !seen.isGoneSince(now, TimeUnit.MILLISECONDS.toNanos(SETTLE_MILLIS))) {
            return true;
        }
        files.remove(name);
        if (seen.wasReported()) {
            history.add(new StoreEvent.Removed<>(name));
        }
        return false;
    }
}
