package dev.kakehashi.linux.packet;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Memory;
import dev.kakehashi.linux.Struct;
import dev.kakehashi.linux.SysSocket;
import dev.kakehashi.linux.netns.Netns;

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
        try (Memory memory = Memory.open()) {
            Struct address = memory.struct(SOCKADDR_LL);
            address.putShort(0, (short) SysSocket.AF_PACKET);
            address.putInt(SLL_IFINDEX, link);
            Struct data = memory.copyOf(frame);
            int _ = SysSocket.sendto(fd, data, frame.length, 0, address);
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
