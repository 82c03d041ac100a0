package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.packet.IpPacketSocket;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;

/** The way between a client and servers. */
interface Channel extends AutoCloseable {

    /** Sends a message to whom the channel leads. */
    void send(DhcpMessage message) throws IOException;

    /** The next message for this client; empty when none comes in time. */
    Optional<DhcpMessage> receive(Duration timeout) throws IOException;

    @Override
    void close();

    /** By broadcast, with or without an address. */
    static Channel broadcast(Netns netns, int link) throws IOException {
        return new Broadcast(IpPacketSocket.open(netns, link));
    }

    /** Between an address of this namespace and one server. */
    static Channel between(Netns netns, InetAddress address, InetAddress server)
            throws IOException {
        DatagramSocket socket =
                netns.<DatagramSocket, IOException>call(() -> {
                    DatagramSocket opened = new DatagramSocket(null);
                    try {
                        opened.setReuseAddress(true);
                        opened.bind(new InetSocketAddress(address, UdpPacket.CLIENT_PORT));
                        return opened;
                    } catch (IOException e) {
                        opened.close();
                        throw e;
                    }
                });
        return new Unicast(socket, new InetSocketAddress(server, UdpPacket.SERVER_PORT));
    }

    /**
     * Carries on a dialogue to its end.
     *
     * @return {@link Dialogue.Bound}, {@link Dialogue.Refused} or {@link Dialogue.GiveUp}
     */
    static Dialogue.Step talk(Dialogue dialogue, Channel channel, InstantSource clock)
            throws IOException {
        Dialogue.Step step = dialogue.begin(clock.instant());
        while (step instanceof Dialogue.Send(DhcpMessage message, Duration wait)) {
            channel.send(message);
            step = answer(dialogue, channel, clock, clock.instant().plus(wait));
        }
        return step;
    }

    private static Dialogue.Step answer(
            Dialogue dialogue, Channel channel, InstantSource clock, Instant deadline)
            throws IOException {
        while (true) {
            Duration left = Duration.between(clock.instant(), deadline);
            if (left.isNegative() || left.isZero()) {
                return dialogue.timedOut(clock.instant());
            }
            Optional<DhcpMessage> message = channel.receive(left);
            if (message.isPresent()) {
                Optional<Dialogue.Step> next = dialogue.received(message.get(), clock.instant());
                if (next.isPresent()) {
                    return next.get();
                }
            }
        }
    }

    /** Through a packet socket: a client without address gets nothing by others. */
    record Broadcast(IpPacketSocket socket) implements Channel {
        private static final InetAddress EVERYBODY = IpAddresses.parse("255.255.255.255");

        @Override
        public void send(DhcpMessage message) throws IOException {
            socket.send(
                    MacAddress.BROADCAST,
                    UdpPacket.toServer(
                            message.clientAddress(), EVERYBODY, DhcpCodec.encode(message)));
        }

        @Override
        public Optional<DhcpMessage> receive(Duration timeout) throws IOException {
            return socket.receive(timeout).flatMap(UdpPacket::toClient).flatMap(DhcpCodec::decode);
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /** Through the container's own routing. */
    record Unicast(DatagramSocket socket, InetSocketAddress server) implements Channel {
        private static final int MAX_DATAGRAM = 65_535;

        @Override
        public void send(DhcpMessage message) throws IOException {
            byte[] payload = DhcpCodec.encode(message);
            socket.send(new DatagramPacket(payload, payload.length, server));
        }

        @Override
        public Optional<DhcpMessage> receive(Duration timeout) throws IOException {
            DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM], MAX_DATAGRAM);
            socket.setSoTimeout(Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE));
            try {
                socket.receive(packet);
            } catch (SocketTimeoutException e) {
                return Optional.empty();
            }
            return DhcpCodec.decode(Arrays.copyOf(packet.getData(), packet.getLength()));
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
