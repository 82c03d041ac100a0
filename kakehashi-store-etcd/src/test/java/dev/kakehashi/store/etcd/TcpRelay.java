package dev.kakehashi.store.etcd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port on loopback that passes on to another one, until it is cut. */
final class TcpRelay implements AutoCloseable {
    private final ServerSocket listener;
    private final InetSocketAddress target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    private TcpRelay(ServerSocket listener, InetSocketAddress target) {
        this.listener = listener;
        this.target = target;
    }

    static TcpRelay to(String authority) throws IOException {
        int colon = authority.lastIndexOf(':');
        InetSocketAddress target =
                new InetSocketAddress(
                        authority.substring(0, colon),
                        Integer.parseInt(authority.substring(colon + 1)));
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        TcpRelay relay = new TcpRelay(listener, target);
        Thread.ofVirtual().start(relay::accept);
        return relay;
    }

    String authority() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** Ends every connection and takes no new one. */
    void cut() {
        cut = true;
        sockets.forEach(TcpRelay::closeQuietly);
    }

    void mend() {
        cut = false;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = listener.accept();
                if (cut) {
                    closeQuietly(near);
                    continue;
                }
                Socket far = new Socket();
                sockets.add(near);
                sockets.add(far);
                far.connect(target);
                Thread.ofVirtual().start(() -> pass(near, far));
                Thread.ofVirtual().start(() -> pass(far, near));
                if (cut) {
                    cut();
                }
            } catch (IOException e) {
                // The listener is closed, or the target is away: the client tries again.
            }
        }
    }

    private void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // Cut.
        }
        closeQuietly(from);
        closeQuietly(to);
        sockets.remove(from);
        sockets.remove(to);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more either way.
        }
    }

    @Override
    public void close() throws IOException {
        cut();
        listener.close();
    }
}
