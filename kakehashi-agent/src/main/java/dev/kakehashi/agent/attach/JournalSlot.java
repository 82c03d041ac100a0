package dev.kakehashi.agent.attach;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * One file of the journal, locked by this process. It goes EMPTY, PENDING (the call may have
 * touched the kernel), DONE (the answer is in it, but may not have reached the front binary),
 * EMPTY. A change of state is the writing of one byte, or is protected by a checksum, so that a
 * process that is killed leaves the one state or the other.
 */
final class JournalSlot implements Closeable {
    /** Room for an ordinary call: then its size never changes, and fdatasync(2) has less to do. */
    private static final int ROOM = 16 * 1024;

    private final String name;
    private final FileChannel file;
    private byte state;
    private boolean onDisk;
    private @Nullable JournalRecord record;

    private JournalSlot(String name, FileChannel file) {
        this.name = name;
        this.file = file;
    }

    /** Opens and locks a slot, made if it is missing; empty when another process works with it. */
    static Optional<JournalSlot> claim(Path path) throws IOException {
        FileChannel file =
                FileChannel.open(
                        path,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        if (file.tryLock() == null) {
            file.close();
            return Optional.empty();
        }
        JournalSlot slot = new JournalSlot(path.getFileName().toString(), file);
        slot.load();
        return Optional.of(slot);
    }

    private void load() throws IOException {
        int size = (int) Math.min(file.size(), 2L * Protocol.PAYLOAD_LIMIT);
        if (size == 0) {
            file.write(ByteBuffer.allocate(ROOM), 0);
            file.force(true);
            return;
        }
        byte[] bytes = read(0, size);
        record = JournalRecord.decode(bytes).orElse(null);
        state = record == null ? JournalRecord.EMPTY : bytes[0];
    }

    String name() {
        return name;
    }

    /** Whether its call began and has not ended. */
    boolean isPending() {
        return state == JournalRecord.PENDING;
    }

    /** The call; empty when the slot is. */
    Optional<JournalRecord> record() {
        return Optional.ofNullable(record);
    }

    /** The answer of a call that ended and that the front binary may not have received. */
    Optional<byte[]> answer() throws IOException {
        if (state != JournalRecord.DONE || record == null) {
            return Optional.empty();
        }
        int at = record.size();
        int length = ByteBuffer.wrap(read(at, 4)).getInt();
        return Optional.of(read(at + 4, Math.clamp(length, 0, Protocol.PAYLOAD_LIMIT)));
    }

    /** PENDING. */
    void begin(JournalRecord call) throws IOException {
        writeAll(call.encode(), 0);
        record = call;
        state = JournalRecord.PENDING;
        onDisk = false;
    }

    /** Has the disk keep what was begun; waits for it once, half a millisecond and more. */
    void toDisk() throws IOException {
        if (!onDisk) {
            file.force(false);
            onDisk = true;
        }
    }

    /**
     * DONE. Not forced to disk: it is for the death of this process; when the machine stops, what
     * was attached is gone with it.
     */
    void finish(byte[] answer) throws IOException {
        if (record == null) {
            throw new IllegalStateException("nothing was begun in " + name);
        }
        ByteBuffer behind = ByteBuffer.allocate(4 + answer.length);
        writeAll(behind.putInt(answer.length).put(answer).flip(), record.size());
        setState(JournalRecord.DONE);
    }

    /** EMPTY. */
    void clear() throws IOException {
        setState(JournalRecord.EMPTY);
        record = null;
    }

    private void setState(byte to) throws IOException {
        writeAll(ByteBuffer.wrap(new byte[] {to}), 0);
        state = to;
    }

    private void writeAll(ByteBuffer bytes, long at) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += file.write(bytes, position);
        }
    }

    private byte[] read(int at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && file.read(bytes, at + bytes.position()) > 0) {}
        return bytes.array();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
