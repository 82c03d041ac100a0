package dev.kakehashi.ipam.dhcp6;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;

/** Between a client's link-local address and all servers of its link (RFC 8415, section 7). */
final class Dhcp6Socket implements AutoCloseable {

    private static final int CLIENT_PORT = 546;
    private static final int SERVER_PORT = 547;
    private static final InetAddress SERVERS = IpAddresses.parse("ff02::1:2");
    private static final int MAX_DATAGRAM = 65_535;

    private final DatagramSocket socket;
    private final InetSocketAddress servers;

    private Dhcp6Socket(DatagramSocket socket, InetSocketAddress servers) {
        this.socket = socket;
        this.servers = servers;
    }

    /**
     * Works in a namespace.
     *
     * @param linkLocal the client's address
     * @param link the index of its link
     */
    static Dhcp6Socket open(Netns netns, InetAddress linkLocal, int link) throws IOException {
        InetSocketAddress own = new InetSocketAddress(onLink(linkLocal, link), CLIENT_PORT);
        DatagramSocket socket =
                netns.<DatagramSocket, IOException>call(() -> {
                    DatagramSocket opened = new DatagramSocket(null);
                    try {
                        opened.setReuseAddress(true);
                        opened.bind(own);
                        return opened;
                    } catch (IOException e) {
                        opened.close();
                        throw e;
                    }
                });
        return new Dhcp6Socket(socket, new InetSocketAddress(onLink(SERVERS, link), SERVER_PORT));
    }

    private static InetAddress onLink(InetAddress address, int link) throws IOException {
        return Inet6Address.getByAddress(null, address.getAddress(), link);
    }

    void send(Dhcp6Message message) throws IOException {
        byte[] octets = message.encode();
        socket.send(new DatagramPacket(octets, octets.length, servers));
    }

    private Optional<Dhcp6Message> receive(Duration timeout) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM], MAX_DATAGRAM);
        socket.setSoTimeout(Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE));
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
        return Dhcp6Message.decode(Arrays.copyOf(packet.getData(), packet.getLength()));
    }

    /** Carries on an exchange to its end. */
    Exchange6.End talk(Exchange6 exchange, InstantSource clock) throws IOException {
        Exchange6.Step step = exchange.begin(clock.instant());
        while (true) {
            switch (step) {
                case Exchange6.Send(Dhcp6Message message, Duration wait) -> {
                    send(message);
                    step = answer(exchange, clock, clock.instant().plus(wait));
                }
                case Exchange6.End end -> {
                    return end;
                }
            }
        }
    }

    private Exchange6.Step answer(Exchange6 exchange, InstantSource clock, Instant deadline)
            throws IOException {
        while (true) {
            Duration left = Duration.between(clock.instant(), deadline);
            if (left.isNegative() || left.isZero()) {
                return exchange.timedOut(clock.instant());
            }
            Optional<Exchange6.Step> next =
                    receive(left).flatMap(message -> exchange.received(message, clock.instant()));
            if (next.isPresent()) {
                return next.get();
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
