package dev.kakehashi.linux.packet;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Memory;
import dev.kakehashi.linux.Struct;
import dev.kakehashi.linux.SysSocket;
import dev.kakehashi.linux.netns.Netns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks hosts for an echo (RFC 792, RFC 4443) by a link of one's choice, whatever the routing table
 * prefers; the answer may come by any. Equivalent to: {@code ping -M do -I SOURCE}, with the link
 * chosen as by {@code -I LINK}.
 *
 * <p>Needs CAP_NET_RAW.
 */
public final class EchoSocket implements AutoCloseable {
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_ICMP = 1;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPPROTO_ICMPV6 = 58;

    // linux/in.h and linux/in6.h. A link given by these is for sending only.
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_UNICAST_IF = 50;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_UNICAST_IF = 76;

    /** Packets are not fragmented, and of the size they are, whatever was heard of the path. */
    private static final int PMTUDISC_PROBE = 3;

    private static final int ECHO_REQUEST = 8;
    private static final int ECHO_REPLY = 0;
    private static final int ECHO_REQUEST_V6 = 128;
    private static final int ECHO_REPLY_V6 = 129;

    private static final int SOCKADDR_IN = 16;
    private static final int SIN_ADDR = 4;
    private static final int SOCKADDR_IN6 = 28;
    private static final int SIN6_ADDR = 8;
    private static final int ICMP_HEADER = 8;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int IDENTIFIER = 4;
    private static final int CHECKSUM = 2;
    private static final int MAX_PACKET = 65_536;
    private static final int MICROS = 1_000_000;

    /** Answers to many questions at once; beyond what net.core.rmem_max grants. */
    private static final int RECEIVE_BUFFER = 4 << 20;

    private final Fd fd;
    private final boolean ipv4;
    private final int identifier;

    private EchoSocket(Fd fd, boolean ipv4, int identifier) {
        this.fd = fd;
        this.ipv4 = ipv4;
        this.identifier = identifier;
    }

    /**
     * What was heard.
     *
     * @param from who answered
     * @param octets size of the packet, IP header included, which is that of the question
     */
    public record Answer(InetAddress from, int octets) {}

    /**
     * Asks from an address of a namespace.
     *
     * @param source where answers go
     * @param identifier tells its questions from those of others, 32 bits
     * @throws LinuxException EADDRNOTAVAIL when the namespace does not have the address
     */
    public static EchoSocket open(Netns netns, InetAddress source, int identifier)
            throws LinuxException {
        return netns.<EchoSocket, LinuxException>call(() -> open(source, identifier));
    }

    private static EchoSocket open(InetAddress source, int identifier) throws LinuxException {
        boolean ipv4 = source instanceof java.net.Inet4Address;
        Fd fd =
                SysSocket.socket(
                        ipv4 ? SysSocket.AF_INET : SysSocket.AF_INET6,
                        SysSocket.SOCK_RAW,
                        ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
        try (Memory memory = Memory.open()) {
            SysSocket.setsockopt(
                    fd,
                    ipv4 ? IPPROTO_IP : IPPROTO_IPV6,
                    ipv4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER,
                    PMTUDISC_PROBE);
            SysSocket.setsockopt(
                    fd, SysSocket.SOL_SOCKET, SysSocket.SO_RCVBUFFORCE, RECEIVE_BUFFER);
            SysSocket.bind(fd, address(memory, source));
            return new EchoSocket(fd, ipv4, identifier);
        } catch (LinuxException e) {
            fd.close();
            throw e;
        }
    }

    private static Struct address(Memory memory, InetAddress address) {
        boolean ipv4 = address instanceof java.net.Inet4Address;
        Struct name = memory.struct(ipv4 ? SOCKADDR_IN : SOCKADDR_IN6);
        name.putShort(0, (short) (ipv4 ? SysSocket.AF_INET : SysSocket.AF_INET6));
        name.putBytes(ipv4 ? SIN_ADDR : SIN6_ADDR, address.getAddress());
        return name;
    }

    /**
     * Asks.
     *
     * @param link index of the link to ask by
     * @param octets size of the packet, IP header included
     * @throws LinuxException EMSGSIZE when it does not fit through the link, ENETUNREACH and others
     *     when there is no way by it
     */
    public void ask(InetAddress target, int link, int octets) throws LinuxException {
        int length = Math.max(ICMP_HEADER, octets - (ipv4 ? IPV4_HEADER : IPV6_HEADER));
        byte[] message = new byte[length];
        ByteBuffer.wrap(message)
                .put(0, (byte) (ipv4 ? ECHO_REQUEST : ECHO_REQUEST_V6))
                .putInt(IDENTIFIER, identifier);
        if (ipv4) { // the kernel does it for ICMPv6 (RFC 3542, section 3.1)
            ByteBuffer.wrap(message).putShort(CHECKSUM, checksum(message));
        }
        SysSocket.setsockopt(
                fd,
                ipv4 ? IPPROTO_IP : IPPROTO_IPV6,
                ipv4 ? IP_UNICAST_IF : IPV6_UNICAST_IF,
                Integer.reverseBytes(link)); // in network byte order
        try (Memory memory = Memory.open()) {
            int _ =
                    SysSocket.sendto(
                            fd, memory.copyOf(message), length, 0, address(memory, target));
        }
    }

    /** RFC 1071. */
    private static short checksum(byte[] message) {
        int sum = 0;
        for (int i = 0; i < message.length; i++) {
            sum += (message[i] & 0xff) << (i % 2 == 0 ? Byte.SIZE : 0);
        }
        while (sum >> Short.SIZE != 0) {
            sum = (sum & 0xffff) + (sum >> Short.SIZE);
        }
        return (short) ~sum;
    }

    /**
     * Waits for an answer to one of its questions.
     *
     * @return empty when nobody answers in time
     */
    public Optional<Answer> answer(Duration limit) throws LinuxException {
        long deadline = System.nanoTime() + limit.toNanos();
        try (Memory memory = Memory.open()) {
            Struct buffer = memory.buffer(MAX_PACKET);
            Struct from = memory.struct(SOCKADDR_IN6);
            Struct time = memory.struct(16); // struct timeval; 0 waits for ever
            Struct size = memory.struct(Integer.BYTES);
            while (true) {
                long micros = (deadline - System.nanoTime()) / 1000;
                if (micros <= 0) {
                    return Optional.empty();
                }
                time.putLong(0, micros / MICROS).putLong(8, micros % MICROS);
                SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_RCVTIMEO, time);
                size.putInt(0, from.size());
                int length = SysSocket.recvfrom(fd, buffer, 0, from, size);
                if (isAnswer(buffer.toBytes(0, Math.min(length, IPV4_HEADER * 4)))) {
                    // Of IPv6 packets the header is not given.
                    return Optional.of(
                            new Answer(address(from), ipv4 ? length : length + IPV6_HEADER));
                }
            }
        } catch (LinuxException e) {
            if (e.is(Errno.EAGAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Raw sockets give IPv4 packets with their header, which says its length in words. */
    private boolean isAnswer(byte[] packet) {
        int start = ipv4 && packet.length > 0 ? (packet[0] & 0xf) * Integer.BYTES : 0;
        return packet.length >= start + ICMP_HEADER
                && (packet[start] & 0xff) == (ipv4 ? ECHO_REPLY : ECHO_REPLY_V6)
                && ByteBuffer.wrap(packet).getInt(start + IDENTIFIER) == identifier;
    }

    private InetAddress address(Struct from) {
        try {
            return InetAddress.getByAddress(
                    ipv4 ? from.toBytes(SIN_ADDR, 4) : from.toBytes(SIN6_ADDR, 16));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 octets are an address", e);
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
