package dev.kakehashi.agent.attach;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** What this node keeps on disk about calls that are under way: the locks and the journal. */
record NodeState(AttachmentLocks locks, Journal journal) implements Closeable {
    /**
     * Opens it.
     *
     * @param directory made root-only if it is missing, usually {@code /var/lib/kakehashi}
     */
    static NodeState open(Path directory) throws IOException {
        Path attach = directory.resolve("attach");
        Files.createDirectories(
                attach,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        AttachmentLocks locks = AttachmentLocks.open(attach.resolve("lock"));
        try {
            return new NodeState(
                    locks, Journal.open(attach.resolve("journal"), Journal.currentBootId()));
        } catch (IOException e) {
            locks.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        locks.close();
        journal.close();
    }
}
