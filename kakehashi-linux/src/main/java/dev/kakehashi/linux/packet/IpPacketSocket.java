package dev.kakehashi.linux.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.SysSocket;
import dev.kakehashi.linux.netns.Netns;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;

/**
 * Sends and receives packets of IPv4 or of IPv6 by one link, whatever addresses the link has
 * (packet(7), {@code SOCK_DGRAM}): the kernel adds and removes the link's own header.
 */
public final class IpPacketSocket implements AutoCloseable {
    private static final int ETH_P_IP = 0x0800;
    private static final int ETH_P_IPV6 = 0x86dd;

    // struct sockaddr_ll: family, protocol, link, hardware type, packet type, address length,
    // address.
    private static final int SOCKADDR_LL = 20;
    private static final int SLL_PROTOCOL = 2;
    private static final int SLL_IFINDEX = 4;
    private static final int SLL_HALEN = 11;
    private static final int SLL_ADDR = 12;

    private static final int MAX_PACKET = 65_536;
    private static final int MICROS = 1_000_000;

    private final Fd fd;
    private final int link;
    private final int protocol;

    private IpPacketSocket(Fd fd, int link, int protocol) {
        this.fd = fd;
        this.link = link;
        this.protocol = protocol;
    }

    /**
     * Works with IPv4 on a link of a namespace.
     *
     * @param link its index
     */
    public static IpPacketSocket open(Netns netns, int link) throws LinuxException {
        return netns.<IpPacketSocket, LinuxException>call(() -> open(link, ETH_P_IP));
    }

    /**
     * Works with IPv6 on a link of a namespace.
     *
     * @param link its index
     */
    public static IpPacketSocket openIpv6(Netns netns, int link) throws LinuxException {
        return netns.<IpPacketSocket, LinuxException>call(() -> open(link, ETH_P_IPV6));
    }

    private static IpPacketSocket open(int link, int protocol) throws LinuxException {
        // Nothing is received before the socket is bound to the link.
        Fd fd = SysSocket.socket(SysSocket.AF_PACKET, SysSocket.SOCK_DGRAM, 0);
        try (Arena arena = Arena.ofConfined()) {
            SysSocket.bind(fd, address(arena, link, protocol));
            return new IpPacketSocket(fd, link, protocol);
        } catch (LinuxException e) {
            fd.close();
            throw e;
        }
    }

    private static MemorySegment address(Arena arena, int link, int protocol) {
        MemorySegment address = arena.allocate(SOCKADDR_LL, 4);
        address.set(JAVA_SHORT, 0, (short) SysSocket.AF_PACKET);
        address.set(JAVA_BYTE, SLL_PROTOCOL, (byte) (protocol >> 8));
        address.set(JAVA_BYTE, SLL_PROTOCOL + 1, (byte) protocol);
        address.set(JAVA_INT, SLL_IFINDEX, link);
        return address;
    }

    /**
     * Sends a packet to a neighbour.
     *
     * @param packet from the IP header on
     * @throws LinuxException ENETDOWN when the link is down
     */
    public void send(MacAddress to, byte[] packet) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(arena, link, protocol);
            byte[] octets = to.octets();
            address.set(JAVA_BYTE, SLL_HALEN, (byte) octets.length);
            MemorySegment.copy(octets, 0, address, JAVA_BYTE, SLL_ADDR, octets.length);
            MemorySegment data = arena.allocateFrom(JAVA_BYTE, packet);
            int _ = SysSocket.sendto(fd, data, packet.length, 0, address);
        }
    }

    /**
     * Waits for the next packet, sent ones excluded.
     *
     * @return from the IP header on; empty when none comes in time
     * @throws LinuxException ENETDOWN when the link goes down
     */
    public Optional<byte[]> receive(Duration timeout) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(JAVA_LONG, 2); // struct timeval; 0 waits for ever
            long micros = Math.max(1, timeout.toNanos() / 1000);
            time.setAtIndex(JAVA_LONG, 0, micros / MICROS);
            time.setAtIndex(JAVA_LONG, 1, micros % MICROS);
            SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_RCVTIMEO, time);
            MemorySegment buffer = arena.allocate(MAX_PACKET);
            int length = SysSocket.recvfrom(fd, buffer, 0, MemorySegment.NULL, MemorySegment.NULL);
            return Optional.of(buffer.asSlice(0, length).toArray(JAVA_BYTE));
        } catch (LinuxException e) {
            if (e.is(Errno.EAGAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
