package dev.kakehashi.agent.attach;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is under way, on disk before the kernel is touched: a directory with one file, a slot, for
 * each call that runs at the same time. A slot is locked by the process that works with it, so that
 * whoever finds one that is not locked knows that its owner died.
 *
 * <p>Slots are used again rather than made and removed for each call: rewriting a file of the same
 * size makes the disk wait once (fdatasync(2)), and not for the directory.
 */
final class Journal implements Closeable {
    private static final String PREFIX = "slot-";

    private final Path directory;
    private final String bootId;
    private final Deque<JournalSlot> free = new ArrayDeque<>();
    private final Set<String> ours = new HashSet<>();
    private int next;

    private Journal(Path directory, String bootId) {
        this.directory = directory;
        this.bootId = bootId;
    }

    /**
     * Opens the journal.
     *
     * @param directory made root-only if it is missing
     * @param bootId what tells this boot from others
     */
    static Journal open(Path directory, String bootId) throws IOException {
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return new Journal(directory, bootId);
    }

    /** The id of the running boot. */
    static String currentBootId() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }

    /** The boot that new entries are of. */
    String bootId() {
        return bootId;
    }

    /**
     * Writes down that a call begins. It survives this process, and the machine only after {@link
     * JournalSlot#toDisk}: what our own plugins make and reserve is mostly gone, or void, with this
     * boot.
     */
    JournalSlot begin(Domain domain, AttachRequest request) throws IOException {
        JournalSlot slot = take();
        try {
            slot.begin(
                    new JournalRecord(
                            bootId, domain, request.encode(Protocol.VERSION, new byte[0])));
            return slot;
        } catch (IOException e) {
            giveBack(slot);
            throw e;
        }
    }

    /** Says that the slot's call has been answered. */
    void end(JournalSlot slot) throws IOException {
        slot.clear();
        giveBack(slot);
    }

    private static boolean isSlot(Path file) {
        return String.valueOf(file.getFileName()).startsWith(PREFIX);
    }

    /** Takes over every slot whose owner died with something in it; each is locked from then on. */
    List<JournalSlot> orphans() throws IOException {
        List<JournalSlot> orphans = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, Journal::isSlot)) {
            for (Path file : files) {
                Optional<JournalSlot> slot = claim(file);
                if (slot.isPresent()) {
                    if (slot.get().isPending() || slot.get().answer().isPresent()) {
                        orphans.add(slot.get());
                    } else {
                        giveBack(slot.get());
                    }
                }
            }
        }
        return orphans;
    }

    private JournalSlot take() throws IOException {
        synchronized (this) {
            JournalSlot slot = free.pollFirst();
            if (slot != null) {
                return slot;
            }
        }
        while (true) {
            Path file;
            synchronized (this) {
                file = directory.resolve(PREFIX + next++);
            }
            Optional<JournalSlot> slot = claim(file);
            // Something in it: a call of a process that died, and not ours to overwrite.
            if (slot.isPresent() && !slot.get().isPending()) {
                return slot.get();
            }
            if (slot.isPresent()) {
                abandon(slot.get());
            }
        }
    }

    /**
     * Locks a slot that nobody works with. Ours are left alone: closing a second descriptor of a
     * file would drop this process's lock on it (fcntl(2)).
     */
    private Optional<JournalSlot> claim(Path file) throws IOException {
        synchronized (this) {
            if (!ours.add(file.getFileName().toString())) {
                return Optional.empty();
            }
            Optional<JournalSlot> slot = JournalSlot.claim(file);
            if (slot.isEmpty()) {
                ours.remove(file.getFileName().toString());
            }
            return slot;
        }
    }

    private synchronized void giveBack(JournalSlot slot) {
        free.addFirst(slot);
    }

    /** Leaves a slot as it is for the next process that looks for orphans. */
    void abandon(JournalSlot slot) throws IOException {
        synchronized (this) {
            slot.close();
            ours.remove(slot.name());
        }
    }

    @Override
    public synchronized void close() throws IOException {
        for (JournalSlot slot : free) {
            slot.close();
        }
        free.clear();
    }
}
