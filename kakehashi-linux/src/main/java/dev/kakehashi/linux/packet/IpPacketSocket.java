package dev.kakehashi.linux.packet;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.Memory;
import dev.kakehashi.linux.Struct;
import dev.kakehashi.linux.SysSocket;
import dev.kakehashi.linux.netns.Netns;

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
        try (Memory memory = Memory.open()) {
            SysSocket.bind(fd, address(memory, link, protocol));
            return new IpPacketSocket(fd, link, protocol);
        } catch (LinuxException e) {
            fd.close();
            throw e;
        }
    }

    private static Struct address(Memory memory, int link, int protocol) {
        Struct address = memory.struct(SOCKADDR_LL);
        address.putShort(0, (short) SysSocket.AF_PACKET);
        address.putByte(SLL_PROTOCOL, (byte) (protocol >> 8));
        address.putByte(SLL_PROTOCOL + 1, (byte) protocol);
        address.putInt(SLL_IFINDEX, link);
        return address;
    }

    /**
     * Sends a packet to a neighbour.
     *
     * @param packet from the IP header on
     * @throws LinuxException ENETDOWN when the link is down
     */
    public void send(MacAddress to, byte[] packet) throws LinuxException {
        try (Memory memory = Memory.open()) {
            Struct address = address(memory, link, protocol);
            byte[] octets = to.octets();
            address.putByte(SLL_HALEN, (byte) octets.length);
            address.putBytes(SLL_ADDR, octets);
            Struct data = memory.copyOf(packet);
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
        try (Memory memory = Memory.open()) {
            Struct time = memory.struct(16); // struct timeval; 0 waits for ever
            long micros = Math.max(1, timeout.toNanos() / 1000);
            time.putLong(0, micros / MICROS);
            time.putLong(8, micros % MICROS);
            SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_RCVTIMEO, time);
            Struct buffer = memory.buffer(MAX_PACKET);
            int length = SysSocket.recv(fd, buffer, 0);
            return Optional.of(buffer.toBytes(0, length));
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
