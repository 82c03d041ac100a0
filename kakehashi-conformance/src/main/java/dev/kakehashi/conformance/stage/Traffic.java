package dev.kakehashi.conformance.stage;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;

import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Connections between namespaces: who reaches whom, and as whom. */
public final class Traffic {
    private static final int PATIENCE_MILLIS = 1000;
    private static final int TRIES = 3;
    private static final int BUFFER = 512;

    private Traffic() {}

    private static InetAddress literal(String address) {
        return InetAddress.ofLiteral(address);
    }

    /** Tells each TCP client by which address it came, on every address of a place. */
    static Closeable tcp(Place place, int port) throws IOException {
        ServerSocket listener =
                place.netns().<ServerSocket, IOException>call(() -> new ServerSocket(port));
        Thread.ofPlatform().daemon().name("conformance-tcp").start(() -> serve(listener));
        return listener;
    }

    private static void serve(ServerSocket listener) {
        while (!listener.isClosed()) {
            try (Socket client = listener.accept()) {
                client.getOutputStream()
                        .write(
                                IpAddresses.format(client.getInetAddress())
                                        .getBytes(StandardCharsets.UTF_8));
            } catch (IOException closedOrGone) {
                // Both end this connection only.
            }
        }
    }

    /** The same for UDP. */
    static Closeable udp(Place place, int port) throws IOException {
        DatagramSocket socket =
                place.netns().<DatagramSocket, IOException>call(() -> new DatagramSocket(port));
        Thread.ofPlatform().daemon().name("conformance-udp").start(() -> serve(socket));
        return socket;
    }

    private static void serve(DatagramSocket socket) {
        byte[] buffer = new byte[BUFFER];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] answer =
                        IpAddresses.format(packet.getAddress()).getBytes(StandardCharsets.UTF_8);
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException closedOrUnanswered) {
                // The next client may have more luck.
            }
        }
    }

    /** Asks a TCP server; empty when it is not reached. */
    public static Optional<String> askTcp(Place from, String address, int port) throws IOException {
        return askTcp(from, Optional.empty(), address, port);
    }

    /** The same from one of the addresses that the place has. */
    public static Optional<String> askTcp(Place from, String own, String address, int port)
            throws IOException {
        return askTcp(from, Optional.of(literal(own)), address, port);
    }

    private static Optional<String> askTcp(
            Place from, Optional<InetAddress> own, String address, int port) throws IOException {
        return inside(
                from.netns(),
                () -> {
                    try (Socket socket = new Socket()) {
                        if (own.isPresent()) {
                            socket.bind(new InetSocketAddress(own.get(), 0));
                        }
                        socket.connect(
                                new InetSocketAddress(literal(address), port), PATIENCE_MILLIS);
                        socket.setSoTimeout(PATIENCE_MILLIS);
                        return text(socket.getInputStream().readAllBytes());
                    }
                });
    }

    /** Asks a UDP server, from a port or from any (0); empty when it is not reached. */
    public static Optional<String> askUdp(Place from, int fromPort, String address, int port)
            throws IOException {
        return inside(
                from.netns(),
                () -> {
                    try (DatagramSocket socket = new DatagramSocket(fromPort)) {
                        socket.setSoTimeout(PATIENCE_MILLIS);
                        socket.connect(new InetSocketAddress(literal(address), port));
                        socket.send(new DatagramPacket(new byte[1], 1));
                        DatagramPacket answer = new DatagramPacket(new byte[BUFFER], BUFFER);
                        socket.receive(answer);
                        return text(Arrays.copyOf(answer.getData(), answer.getLength()));
                    }
                });
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private interface Question {
        String ask() throws IOException;
    }

    private static Optional<String> inside(Netns netns, Question question) throws IOException {
        return netns.<Optional<String>, IOException>call(() -> {
            try {
                String answer = question.ask();
                return answer.isEmpty() ? Optional.empty() : Optional.of(answer);
            } catch (IOException e) {
                // Refused, unreachable, or silence: not reached.
                return Optional.empty();
            }
        });
    }

    /**
     * A question to a server, which may be asked again: a first packet may be lost on a busy host.
     */
    @FunctionalInterface
    public interface Asking {
        /** Asks; empty when there is no answer. */
        Optional<String> ask() throws Exception;
    }

    private static Optional<String> insist(Asking asking) throws Exception {
        Optional<String> answer = asking.ask();
        for (int i = 1; i < TRIES && answer.isEmpty(); i++) {
            answer = asking.ask();
        }
        return answer;
    }

    /** Requires that a server is reached as a client of an address in one of these prefixes. */
    public static void reachedAs(Asking asking, String what, String... prefixes) throws Exception {
        String expected = what + ", seen there as " + String.join(" or ", prefixes);
        InetAddress seen =
                literal(insist(asking).orElseThrow(() -> Mismatch.of(expected, "no answer")));
        for (String prefix : prefixes) {
            if (IpPrefix.parse(prefix).contains(seen)) {
                return;
            }
        }
        throw Mismatch.of(expected, "seen as " + IpAddresses.format(seen));
    }

    /** Requires that a TCP server is reached as a client of an address in one of these prefixes. */
    public static void reachedAs(
            Place from, String address, int port, String what, String... prefixes)
            throws Exception {
        reachedAs(() -> askTcp(from, address, port), what, prefixes);
    }

    /** Requires that a TCP server is reached. */
    public static void reached(Place from, String address, int port, String what) throws Exception {
        reached(() -> askTcp(from, address, port), what);
    }

    /** Requires that a TCP server is not reached. */
    public static void unreached(Place from, String address, int port, String what)
            throws IOException, Mismatch {
        unreached(askTcp(from, address, port), what);
    }

    /** Requires that a server is reached. */
    public static void reached(Asking asking, String what) throws Exception {
        if (insist(asking).isEmpty()) {
            throw Mismatch.of(what, "no answer, asked " + TRIES + " times");
        }
    }

    /** Requires that a server is not reached. */
    public static void unreached(Optional<String> answer, String what) throws Mismatch {
        if (answer.isPresent()) {
            throw Mismatch.of("not: " + what, "an answer, to " + answer.get());
        }
    }
}
