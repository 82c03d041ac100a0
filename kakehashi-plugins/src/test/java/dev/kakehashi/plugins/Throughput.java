package dev.kakehashi.plugins;

import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Measures how fast data go from one namespace to another. */
public final class Throughput {

    private static final int TIMEOUT_MILLIS = 20_000;

    private Throughput() {}

    /**
     * Sends data over one TCP connection.
     *
     * @param to an address of the receiver
     * @param free bytes that count neither as data nor as time, at the beginning
     * @param counted bytes that count
     * @return bits a second of the counted bytes, as the receiver sees them
     */
    public static double measure(Netns sender, Netns receiver, String to, int free, int counted)
            throws IOException, InterruptedException {
        InetAddress address = InetAddress.ofLiteral(to);
        try (ServerSocket server =
                        receiver.<ServerSocket, IOException>call(
                                () -> new ServerSocket(0, 1, address));
                // Made where it is connected: before, it is in no namespace.
                Socket client =
                        sender.<Socket, IOException>call(
                                () -> new Socket(address, server.getLocalPort()))) {
            server.setSoTimeout(TIMEOUT_MILLIS);
            try (Socket accepted = server.accept()) {
                accepted.setSoTimeout(TIMEOUT_MILLIS);
                Thread writer = Thread.ofPlatform().start(() -> send(client, free + counted));
                InputStream in = accepted.getInputStream();
                in.skipNBytes(free);
                long start = System.nanoTime();
                in.skipNBytes(counted);
                double seconds = (System.nanoTime() - start) / 1e9;
                writer.join();
                return counted * 8.0 / seconds;
            }
        }
    }

    private static void send(Socket socket, int bytes) {
        byte[] chunk = new byte[16 * 1024];
        try {
            OutputStream out = socket.getOutputStream();
            for (int left = bytes; left > 0; left -= chunk.length) {
                out.write(chunk, 0, Math.min(left, chunk.length));
            }
        } catch (IOException e) {
            throw new AssertionError("sending", e);
        }
    }
}
