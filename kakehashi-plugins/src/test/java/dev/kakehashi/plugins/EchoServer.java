package dev.kakehashi.plugins;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Servers in a namespace, on a port of TCP and of UDP, that tell each client their name and the
 * address that they see of it.
 */
public final class EchoServer implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 700;

    /** How often a client asks over UDP, where nobody repeats what is lost. */
    private static final int QUESTIONS = 3;

    private final ServerSocket tcp;
    private final DatagramSocket udp;
    private final String name;
    private final List<Thread> serving = new ArrayList<>(2);

    private EchoServer(ServerSocket tcp, DatagramSocket udp, String name) {
        this.tcp = tcp;
        this.udp = udp;
        this.name = name;
    }

    /** Starts servers for both families. */
    public static EchoServer in(Netns netns, int port, String name) throws IOException {
        EchoServer server =
                netns.<EchoServer, IOException>call(() -> {
                    ServerSocket tcp = new ServerSocket();
                    tcp.bind(new InetSocketAddress("::", port));
                    DatagramSocket udp = new DatagramSocket(new InetSocketAddress("::", port));
                    return new EchoServer(tcp, udp, name);
                });
        server.serving.add(Thread.ofPlatform().daemon().start(server::serveTcp));
        server.serving.add(Thread.ofPlatform().daemon().start(server::serveUdp));
        return server;
    }

    private byte[] answer(InetAddress client) {
        return (name + " " + IpAddresses.format(client)).getBytes(StandardCharsets.UTF_8);
    }

    private void serveTcp() {
        while (!tcp.isClosed()) {
            try (Socket client = tcp.accept()) {
                client.getOutputStream().write(answer(client.getInetAddress()));
            } catch (IOException e) {
                // The client went away, or the server is closed.
            }
        }
    }

    private void serveUdp() {
        while (!udp.isClosed()) {
            DatagramPacket packet = new DatagramPacket(new byte[64], 64);
            try {
                udp.receive(packet);
                byte[] answer = answer(packet.getAddress());
                udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                // The client went away, or the server is closed.
            }
        }
    }

    /** What a server says to a client in a namespace over TCP; empty when none is reached. */
    public static Optional<String> tcp(Netns from, String address, int port) throws IOException {
        return from.<Optional<String>, IOException>call(() -> {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
                String answer =
                        new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return answer.isEmpty() ? Optional.empty() : Optional.of(answer);
            } catch (IOException e) {
                return Optional.empty();
            }
        });
    }

    /** What a server says to a client in a namespace over UDP; empty when none is reached. */
    public static Optional<String> udp(Netns from, String address, int port) throws IOException {
        return from.<Optional<String>, IOException>call(() -> {
            try (DatagramSocket socket = new DatagramSocket()) {
                return ask(socket, address, port);
            }
        });
    }

    /** A UDP socket in a namespace that keeps its port over several questions. */
    public static DatagramSocket client(Netns from) throws IOException {
        return from.<DatagramSocket, IOException>call(() -> new DatagramSocket());
    }

    /** What a server says to a client; empty when none is reached. */
    public static Optional<String> ask(DatagramSocket socket, String address, int port)
            throws IOException {
        socket.setSoTimeout(TIMEOUT_MILLIS / QUESTIONS);
        try {
            socket.connect(new InetSocketAddress(address, port));
            for (int i = 0; i < QUESTIONS; i++) {
                Optional<String> answer = answer(socket);
                if (answer.isPresent()) {
                    return answer;
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // unreachable, refused
        }
    }

    private static Optional<String> answer(DatagramSocket socket) throws IOException {
        socket.send(new DatagramPacket(new byte[] {'?'}, 1));
        DatagramPacket answer = new DatagramPacket(new byte[256], 256);
        try {
            socket.receive(answer);
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
        return Optional.of(
                new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8));
    }

    /** The ports are free when it returns: who waits for clients keeps a port a moment longer. */
    @Override
    public void close() throws IOException {
        tcp.close();
        udp.close();
        try {
            for (Thread thread : serving) {
                thread.join(Duration.ofSeconds(10));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
