package dev.kakehashi.agent;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** One agent at a time for one socket: a lock that the kernel drops when its holder dies. */
final class AgentLock implements Closeable {
    private static final Logger LOG = System.getLogger(AgentLock.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final FileChannel file;

    private AgentLock(FileChannel file) {
        this.file = file;
    }

    /**
     * Waits for the place of the agent.
     *
     * @return empty when somebody else kept it for longer than {@code patience}
     */
    static Optional<AgentLock> take(Path path, Duration patience)
            throws IOException, InterruptedException {
        FileChannel file =
                FileChannel.open(
                        path,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        long end = System.nanoTime() + patience.toNanos();
        while (file.tryLock() == null) {
            if (System.nanoTime() - end > 0) {
                file.close();
                return Optional.empty();
            }
            Thread.sleep(PAUSE);
        }
        return Optional.of(new AgentLock(file));
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot close the agent's lock file", e);
        }
    }
}
