package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One TCP connection that carries as much as it can; what arrives is compared with what was sent.
 */
final class BulkTransfer implements AutoCloseable {
    private static final int PORT = 7790;
    private static final int BLOCK = 1 << 16;
    private static final int PATIENCE_MILLIS = 10_000;

    private final ServerSocket server;
    private final Socket sender;
    private final Thread sending;
    private final Thread receiving;
    private final AtomicLong received = new AtomicLong();
    private volatile boolean ended;
    private volatile String failure = "";

    private BulkTransfer(ServerSocket server, Socket sender) {
        this.server = server;
        this.sender = sender;
        this.receiving = Thread.ofPlatform().daemon().start(this::receive);
        this.sending = Thread.ofPlatform().daemon().start(this::send);
    }

    /** Connects and begins. */
    static BulkTransfer start(Netns from, Netns to, String address) throws IOException {
        InetAddress target = InetAddress.ofLiteral(address);
        ServerSocket server =
                to.<ServerSocket, IOException>call(() -> new ServerSocket(PORT, 1, target));
        Socket sender =
                from.<Socket, IOException>call(() -> {
                    Socket made = new Socket();
                    made.connect(new InetSocketAddress(target, PORT), PATIENCE_MILLIS);
                    return made;
                });
        return new BulkTransfer(server, sender);
    }

    private static byte[] block(long number) {
        byte[] block = new byte[BLOCK];
        Arrays.fill(block, (byte) number);
        return block;
    }

    private void send() {
        try (OutputStream out = sender.getOutputStream()) {
            for (long i = 0; !ended; i++) {
                out.write(block(i));
            }
        } catch (IOException e) {
            failure = "sending: " + e;
        }
    }

    private void receive() {
        try (Socket accepted = server.accept();
                DataInputStream in = new DataInputStream(accepted.getInputStream())) {
            accepted.setSoTimeout(PATIENCE_MILLIS);
            byte[] block = new byte[BLOCK];
            for (long i = 0; ; i++) {
                in.readFully(block);
                if (!Arrays.equals(block, block(i))) {
                    failure = "block " + i + " is not what was sent";
                    return;
                }
                received.addAndGet(BLOCK);
            }
        } catch (EOFException e) {
            // the sender has ended
        } catch (IOException e) {
            failure = "receiving: " + e;
        }
    }

    /** Octets so far. */
    long received() {
        return received.get();
    }

    /** Ends it: empty, or what broke. */
    String end() throws InterruptedException {
        ended = true;
        sending.join(PATIENCE_MILLIS);
        receiving.join(PATIENCE_MILLIS);
        return sending.isAlive() || receiving.isAlive() ? failure + " (stuck)" : failure;
    }

    @Override
    public void close() throws IOException {
        ended = true;
        sender.close();
        server.close();
    }
}
