package dev.kakehashi.agent.attach;

import dev.kakehashi.linux.netns.NetnsId;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * What this node keeps on disk about calls that are under way, the locks and the journal, and about
 * what they have made.
 */
record NodeState(AttachmentLocks locks, Journal journal, AttachmentRecords records)
        implements Closeable {
    /**
     * Opens it.
     *
     * @param host the network namespace of this process
     * @param directory made root-only if it is missing, usually {@code /var/lib/kakehashi}
     * @param records likewise, for what is of this boot only, usually {@code /run/kakehashi/made}
     */
    static NodeState open(Path directory, Path records, NetnsId host) throws IOException {
        Path attach = directory.resolve("attach");
        Files.createDirectories(
                attach,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        AttachmentLocks locks = AttachmentLocks.open(attach.resolve("lock"));
        try {
            String bootId = Journal.currentBootId();
            return new NodeState(
                    locks,
                    Journal.open(attach.resolve("journal"), bootId),
                    AttachmentRecords.open(records, bootId, host));
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
