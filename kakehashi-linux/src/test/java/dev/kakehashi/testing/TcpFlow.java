package dev.kakehashi.testing;

import dev.kakehashi.linux.netns.Netns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One TCP connection from one namespace to another, which answers each number with its own. */
public final class TcpFlow {
    private static final int PORT = 7800;
    private static final long SHORTEST_PAUSE_MILLIS = 5;

    private final ServerSocket server;
    private final Socket socket;
    private final long pauseMillis;
    private final AtomicInteger answered = new AtomicInteger();
    private final Thread asking;
    private volatile boolean ended;
    private volatile String failure = "";

    private TcpFlow(ServerSocket server, Socket socket, long pauseMillis) {
        this.server = server;
        this.socket = socket;
        this.pauseMillis = pauseMillis;
        Thread.ofPlatform().daemon().start(this::answer);
        this.asking = Thread.ofPlatform().start(this::ask);
    }

    /**
     * Connects.
     *
     * @param number its own among those to the address
     * @param perSecond how many numbers at most
     */
    public static TcpFlow start(
            Netns client, Netns listener, String address, int number, int perSecond)
            throws IOException {
        InetAddress target = InetAddress.ofLiteral(address);
        ServerSocket server =
                listener.<ServerSocket, IOException>call(
                        () -> new ServerSocket(PORT + number, 1, target));
        Socket socket =
                client.<Socket, IOException>call(() -> {
                    Socket made = new Socket();
                    made.connect(new InetSocketAddress(target, PORT + number));
                    return made;
                });
        socket.setTcpNoDelay(true);
        long pause = Math.max(SHORTEST_PAUSE_MILLIS, TimeUnit.SECONDS.toMillis(1) / perSecond);
        return new TcpFlow(server, socket, pause);
    }

    private void answer() {
        try (Socket accepted = server.accept();
                DataInputStream in = new DataInputStream(accepted.getInputStream());
                DataOutputStream out = new DataOutputStream(accepted.getOutputStream())) {
            while (true) {
                out.writeInt(in.readInt());
            }
        } catch (IOException e) {
            if (!ended) {
                failure = String.valueOf(e);
            }
        }
    }

    private void ask() {
        try {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (!ended) {
                out.writeInt(answered.get());
                if (in.readInt() != answered.getAndIncrement()) {
                    failure = "another number came back";
                }
                TimeUnit.MILLISECONDS.sleep(pauseMillis);
            }
        } catch (IOException e) {
            failure = String.valueOf(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it. @return how many numbers came back, and what broke it, if anything did */
    public Result end() throws InterruptedException, IOException {
        ended = true;
        asking.join();
        socket.close();
        server.close();
        return new Result(answered.get(), failure);
    }

    /**
     * What became of the connection.
     *
     * @param answered how many numbers came back
     * @param failure what broke it; empty if nothing did
     */
    public record Result(int answered, String failure) {}
}
