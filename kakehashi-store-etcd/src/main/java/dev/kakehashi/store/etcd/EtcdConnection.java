package dev.kakehashi.store.etcd;

import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.StoreStatus;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.grpc.Status;
import io.netty.handler.ssl.SslContextBuilder;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The client of an etcd: asks with a deadline, says what went wrong in words, and keeps in mind how
 * the servers stand.
 */
final class EtcdConnection implements AutoCloseable {
    /** Longer than an election, which takes one to two seconds by default. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * HTTP/2 pings find a server that is gone without a word. etcd refuses those that come more
     * often than every five seconds ({@code --grpc-keepalive-min-time}).
     */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    /** How long a client may find no server before another one takes its place. */
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(10);

    /** A watch that resumes may get a thousand revisions in one message. */
    private static final int MAX_MESSAGE_OCTETS = 64 << 20;

    private static final int RETRY_MILLIS = 100;
    private static final int RETRY_MAX_MILLIS = 500;

    /** Says at level INFO what gRPC finds on its way; held, because loggers are forgotten. */
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    /** Of Netty's {@code ByteBufAllocator.DEFAULT}; read once, when the first client is built. */
    private static final String ALLOCATOR = "io.netty.allocator.type";

    static {
        GRPC.setLevel(Level.WARNING);
        // Else Netty keeps some MB for buffers, of which an agent has few and seldom.
        System.getProperties().putIfAbsent(ALLOCATOR, "unpooled");
    }

    private final String servers;
    private final ClientBuilder builder;
    private volatile Client client;
    private volatile boolean reachable = true;
    private volatile boolean unavailable;
    private volatile String lastError = "";
    private volatile long lastHeard = System.nanoTime();

    // Guarded by this.
    private long began = System.nanoTime();
    private boolean closed;

    private EtcdConnection(String servers, ClientBuilder builder) {
        this.servers = servers;
        this.builder = builder;
        this.client = builder.build();
    }

    static EtcdConnection open(EtcdOptions options) throws StoreException {
        ClientBuilder builder =
                Client.builder()
                        .endpoints(options.endpoints().toArray(URI[]::new))
                        // What cannot be reached fails with its reason, and does not hang.
                        .waitForReady(false)
                        .connectTimeout(CONNECT_TIMEOUT)
                        .keepaliveTime(KEEP_ALIVE)
                        .keepaliveTimeout(PATIENCE)
                        .keepaliveWithoutCalls(true)
                        .retryChronoUnit(ChronoUnit.MILLIS)
                        .retryDelay(RETRY_MILLIS)
                        .retryMaxDelay(RETRY_MAX_MILLIS)
                        .maxInboundMessageSize(MAX_MESSAGE_OCTETS);
        try {
            if (options.user().isPresent()) {
                builder.user(bytes(options.user().get()))
                        .password(bytes(password(options.passwordFile().orElseThrow())));
            }
            if (options.tls()) {
                builder.sslContext(tls -> {
                    options.ca().ifPresent(ca -> tls.trustManager(ca.toFile()));
                    options.certificate()
                            .ifPresent(certificate -> identity(tls, certificate, options));
                });
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new StoreException(
                    options.servers() + ": cannot use the certificates or the password: " + said(e),
                    e);
        }
        return new EtcdConnection(options.servers(), builder);
    }

    private static void identity(SslContextBuilder tls, Path certificate, EtcdOptions options) {
        tls.keyManager(certificate.toFile(), options.key().orElseThrow().toFile());
    }

    private static String password(Path file) throws IOException {
        String text = Files.readString(file);
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    Client client() {
        return client;
    }

    /**
     * Waits for an answer.
     *
     * @param what was asked, for the message: "list nodes"
     * @throws StoreException when there is none in time, or it is an error
     */
    <T> T answer(String what, CompletableFuture<T> asked) throws StoreException {
        try {
            T answer = asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            heard();
            return answer;
        } catch (TimeoutException e) {
            asked.cancel(true);
            throw failed(what, "no answer within " + PATIENCE.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw failed(what, said(cause), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(servers + ": interrupted while waiting to " + what, e);
        }
    }

    /**
     * Begins with another client where this one has found no server for a while. After each attempt
     * in vain gRPC waits longer for the next, up to two minutes ({@code ExponentialBackoffPolicy}),
     * and jetcd has no way to tell it otherwise. Watches and requests under way break as they do
     * with a connection.
     */
    synchronized void retryNow() {
        long now = System.nanoTime();
        if (closed || reachable || !unavailable || now - began < LONGEST_BACKOFF.toNanos()) {
            return;
        }
        began = now;
        Client last = client;
        client = builder.build();
        Thread.ofPlatform().daemon().name("etcd close").start(last::close);
    }

    /** A server said something. */
    void heard() {
        lastHeard = System.nanoTime();
        reachable = true;
    }

    /** Notes that the servers could not do something. */
    StoreException failed(String what, String why, Throwable cause) {
        String message = servers + ": cannot " + what + ": " + why;
        reachable = false;
        unavailable = Status.fromThrowable(cause).getCode() == Status.Code.UNAVAILABLE;
        lastError = message;
        return new StoreException(message, cause);
    }

    /** The message, and those of its causes that add something. */
    static String said(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String message =
                    t instanceof NoSuchFileException missing
                            ? missing.getFile() + " does not exist"
                            : t.getMessage();
            if (message != null && text.indexOf(message) < 0) {
                text.append(text.isEmpty() ? "" : ": ").append(message);
            }
        }
        return text.isEmpty() ? failure.getClass().getSimpleName() : text.toString();
    }

    StoreStatus status() {
        Duration lag = Duration.ofNanos(System.nanoTime() - lastHeard);
        return new StoreStatus(reachable, lastError, lag);
    }

    @Override
    public synchronized void close() {
        closed = true;
        client.close();
    }

    @Override
    public String toString() {
        return servers;
    }
}
