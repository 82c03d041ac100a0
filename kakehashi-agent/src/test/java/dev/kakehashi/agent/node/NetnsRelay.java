package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port of loopback in a namespace that leads to one of the namespace of this process. */
final class NetnsRelay implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private NetnsRelay(ServerSocket server, int target) {
        this.server = server;
        this.target = target;
    }

    static NetnsRelay start(Netns netns, int target) throws IOException {
        ServerSocket server =
                netns.<ServerSocket, IOException>call(
                        () -> new ServerSocket(0, 16, InetAddress.getLoopbackAddress()));
        NetnsRelay relay = new NetnsRelay(server, target);
        Thread.ofPlatform().daemon().name("relay").start(relay::accept);
        return relay;
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (true) {
            try {
                Socket near = server.accept();
                open.add(near);
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(far);
                Thread.ofPlatform().daemon().start(() -> copy(near, far));
                Thread.ofPlatform().daemon().start(() -> copy(far, near));
            } catch (IOException e) {
                if (server.isClosed()) {
                    return;
                }
            }
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to;
                InputStream in = from.getInputStream()) {
            in.transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One side has closed: both are.
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
