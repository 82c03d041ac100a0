package dev.kakehashi.agent.attach;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.UnixSocket;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes requests from front binaries. Each thread waits for a connection and serves it itself, so
 * that no request is handed from one thread to another.
 */
final class AttachServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(AttachServer.class.getName());

    private static final int BACKLOG = 1024;

    private final UnixSocket listener;
    private final Path path;
    private final ConnectionHandler handler;
    private final Runnable begin;
    private final Crew crew = new Crew(Netns.threadFactory("attach-"), this::work);
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicInteger serving = new AtomicInteger();
    private final AtomicLong lastServed = new AtomicLong(System.nanoTime());

    private AttachServer(
            UnixSocket listener, Path path, ConnectionHandler handler, Runnable begin) {
        this.begin = begin;
        this.listener = listener;
        this.path = path;
        this.handler = handler;
    }

    /**
     * Serves one connection and closes it; whatever the peer does, only I/O errors come out. Tells
     * the crew when it waits for something else than the kernel.
     */
    @FunctionalInterface
    interface ConnectionHandler {
        void serve(UnixSocket connection, Crew crew) throws IOException;
    }

    /**
     * Starts to listen; ready when this returns. The caller makes sure that nobody else serves this
     * path.
     *
     * @param begin what each thread does before it serves
     */
    static AttachServer start(Path socket, ConnectionHandler handler, Runnable begin)
            throws IOException {
        Files.deleteIfExists(socket); // what an agent that died left behind
        AttachServer server =
                new AttachServer(UnixSocket.listen(socket, BACKLOG), socket, handler, begin);
        server.crew.hire();
        return server;
    }

    private void work() {
        begin.run();
        do {
            Optional<UnixSocket> connection = accept();
            if (connection.isEmpty()) {
                if (crew.resigned()) {
                    listener.close();
                }
                return;
            }
            serving.incrementAndGet();
            crew.took();
            try {
                serve(connection.get());
            } finally {
                lastServed.set(System.nanoTime());
                serving.decrementAndGet();
            }
        } while (crew.served());
    }

    private Optional<UnixSocket> accept() {
        // Not asked any more once it is closing: the last thread that waits closes the listener.
        while (!closing.get()) {
            try {
                return Optional.of(listener.accept());
            } catch (LinuxException e) {
                if (closing.get()) {
                    return Optional.empty();
                }
                LOG.log(Level.ERROR, "cannot accept connections at " + path, e);
                if (!e.is(Errno.EMFILE) && !e.is(Errno.ENFILE) && !e.is(Errno.ENOMEM)) {
                    return Optional.empty();
                }
                pause(); // descriptors and memory come back as calls end
            }
        }
        return Optional.empty();
    }

    private static void pause() {
        try {
            Thread.sleep(Duration.ofMillis(50));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(UnixSocket connection) {
        try {
            handler.serve(connection, crew);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a connection broke: {0}", e.getMessage());
        } catch (RuntimeException | Error e) {
            // The peer sees the end of the connection and asks again; the next request is another.
            LOG.log(Level.ERROR, "a request failed by a defect", e);
        }
    }

    /** How many requests are being served. */
    int serving() {
        return serving.get();
    }

    /** For how long nothing has been asked. */
    Duration idle() {
        return serving.get() > 0
                ? Duration.ZERO
                : Duration.ofNanos(System.nanoTime() - lastServed.get());
    }

    /** Stops listening; requests that are being served go on. */
    @Override
    public void close() throws IOException {
        closing.set(true);
        Files.deleteIfExists(path);
        listener.shutdown(); // the threads that wait return; the last of them closes
    }

    /** Waits until no request is being served. */
    boolean awaitQuiet(Deadline deadline) {
        while (serving.get() > 0 && !deadline.isOver()) {
            pause();
        }
        return serving.get() == 0;
    }
}
