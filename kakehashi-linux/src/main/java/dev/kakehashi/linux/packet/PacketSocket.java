package dev.kakehashi.linux.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.SysSocket;
import dev.kakehashi.linux.netns.Netns;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Sends whole Ethernet frames by a link (packet(7)). It receives nothing. */
public final class PacketSocket implements AutoCloseable {
    // struct sockaddr_ll: family, protocol, link, hardware type, packet type, address length,
    // address.
    private static final int SOCKADDR_LL = 20;
    private static final int SLL_IFINDEX = 4;

    private final Fd fd;

    private PacketSocket(Fd fd) {
        this.fd = fd;
    }

    /** Works in a namespace. */
    public static PacketSocket open(Netns netns) throws LinuxException {
        return netns.<PacketSocket, LinuxException>call(PacketSocket::open);
    }

    /** Works in the calling thread's namespace. */
    public static PacketSocket open() throws LinuxException {
        // Protocol 0: nothing is received.
        return new PacketSocket(SysSocket.socket(SysSocket.AF_PACKET, SysSocket.SOCK_RAW, 0));
    }

    /**
     * Sends a frame.
     *
     * @param link the index of the link it leaves by
     * @param frame from the destination's MAC address to the end of the content, without checksum
     * @throws LinuxException ENETDOWN when the link is down
     */
    public void send(int link, byte[] frame) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SOCKADDR_LL, 4);
            address.set(JAVA_SHORT, 0, (short) SysSocket.AF_PACKET);
            address.set(JAVA_INT, SLL_IFINDEX, link);
            MemorySegment data = arena.allocateFrom(JAVA_BYTE, frame);
            int _ = SysSocket.sendto(fd, data, frame.length, 0, address);
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
