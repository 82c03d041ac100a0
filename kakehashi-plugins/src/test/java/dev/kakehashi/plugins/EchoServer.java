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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Servers in a namespace, on a port of TCP and of UDP, that tell each client their name and the
 * address that they see of it.
 */
public final class EchoServer implements AutoCloseable {

    /** How long a client asks whom it expects to answer, on the busiest machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration RETRY = Duration.ofMillis(20);

    /** For one connection: TCP sends a lost SYN again after one second (RFC 6298 section 2). */
    private static final int ANSWER_MILLIS = 2500;

    /** How long a client asks whom it expects to be silent. */
    private static final int SILENCE_MILLIS = 700;

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

    /**
     * What a server says to a client in a namespace over TCP, who asks until there is an answer;
     * empty when none comes.
     */
    public static Optional<String> tcp(Netns from, String address, int port) throws IOException {
        return patiently(() -> tcpAtOnce(from, address, port, ANSWER_MILLIS));
    }

    /**
     * As {@link #tcp}, for where silence is expected: asks once and does not wait for what is lost
     * to be sent again.
     */
    public static Optional<String> tcpAtOnce(Netns from, String address, int port)
            throws IOException {
        return tcpAtOnce(from, address, port, SILENCE_MILLIS);
    }

    private static Optional<String> tcpAtOnce(Netns from, String address, int port, int millis)
            throws IOException {
        return from.<Optional<String>, IOException>call(() -> {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(millis);
                socket.connect(new InetSocketAddress(address, port), millis);
                String answer =
                        new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return answer.isEmpty() ? Optional.empty() : Optional.of(answer);
            } catch (IOException e) {
                return Optional.empty(); // unreachable, refused
            }
        });
    }

    /**
     * What a server says to a client in a namespace over UDP, who asks until there is an answer;
     * empty when none comes.
     */
    public static Optional<String> udp(Netns from, String address, int port) throws IOException {
        try (DatagramSocket socket = client(from)) {
            return ask(socket, address, port);
        }
    }

    /** As {@link #udp}, for where silence is expected. */
    public static Optional<String> udpAtOnce(Netns from, String address, int port)
            throws IOException {
        try (DatagramSocket socket = client(from)) {
            return askAtOnce(socket, address, port);
        }
    }

    /** A UDP socket in a namespace that keeps its port over several questions. */
    public static DatagramSocket client(Netns from) throws IOException {
        return from.<DatagramSocket, IOException>call(() -> new DatagramSocket());
    }

    /** What a server says to a client, who asks until there is an answer; empty when none comes. */
    public static Optional<String> ask(DatagramSocket socket, String address, int port)
            throws IOException {
        return patiently(() -> askAtOnce(socket, address, port));
    }

    /** As {@link #ask}, for where silence is expected. */
    public static Optional<String> askAtOnce(DatagramSocket socket, String address, int port)
            throws IOException {
        socket.setSoTimeout(SILENCE_MILLIS);
        DatagramPacket answer = new DatagramPacket(new byte[256], 256);
        try {
            socket.connect(new InetSocketAddress(address, port));
            socket.send(new DatagramPacket(new byte[] {'?'}, 1));
            socket.receive(answer);
        } catch (IOException e) {
            return Optional.empty(); // unreachable, refused
        }
        return Optional.of(
                new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8));
    }

    /** One try to get an answer. */
    private interface Question {
        Optional<String> ask() throws IOException;
    }

    private static Optional<String> patiently(Question question) throws IOException {
        long start = System.nanoTime();
        while (true) {
            Optional<String> answer = question.ask();
            if (answer.isPresent() || System.nanoTime() - start > PATIENCE.toNanos()) {
                return answer;
            }
            LockSupport.parkNanos(RETRY.toNanos()); // what is refused is refused at once
        }
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
