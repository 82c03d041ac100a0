package dev.kakehashi.ipam.dhcp;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A UDP datagram in an IPv4 packet (RFC 791, RFC 768), from and to a client that has no address
 * yet.
 */
final class UdpPacket {

    static final int SERVER_PORT = 67;
    static final int CLIENT_PORT = 68;

    private static final int IP_HEADER = 20;
    private static final int UDP_HEADER = 8;
    private static final int PROTOCOL_UDP = 17;
    private static final int TTL = 64;
    private static final int MORE_FRAGMENTS_OR_OFFSET = 0x3fff;

    private UdpPacket() {}

    /** A client's packet to a server. */
    static byte[] toServer(InetAddress source, InetAddress destination, byte[] payload) {
        ByteBuffer out = ByteBuffer.allocate(IP_HEADER + UDP_HEADER + payload.length);
        out.put((byte) 0x45).put((byte) 0).putShort((short) out.capacity());
        out.putInt(0); // identification, flags, offset: it is not split
        out.put((byte) TTL).put((byte) PROTOCOL_UDP).putShort((short) 0);
        out.put(source.getAddress()).put(destination.getAddress());
        out.putShort(10, (short) ~sum(out.array(), 0, IP_HEADER, 0));
        int length = UDP_HEADER + payload.length;
        out.putShort((short) CLIENT_PORT).putShort((short) SERVER_PORT);
        out.putShort((short) length).putShort((short) 0).put(payload);
        int pseudoHeader = sum(out.array(), 12, 8, PROTOCOL_UDP + length);
        int checksum = ~sum(out.array(), IP_HEADER, length, pseudoHeader) & 0xffff;
        // 0 says that there is none.
        out.putShort(IP_HEADER + 6, (short) (checksum == 0 ? 0xffff : checksum));
        return out.array();
    }

    /**
     * What a packet brings to a client; empty when it is for somebody else. The checksum of UDP is
     * not looked at: between virtual links the kernel leaves it to a device that never comes.
     */
    static Optional<byte[]> toClient(byte[] packet) {
        if (packet.length < IP_HEADER + UDP_HEADER || packet[0] >> 4 != 4) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(packet);
        int header = (packet[0] & 0xf) * 4;
        int total = Math.min(packet.length, Short.toUnsignedInt(in.getShort(2)));
        boolean fragment = (in.getShort(6) & MORE_FRAGMENTS_OR_OFFSET) != 0;
        if (header < IP_HEADER
                || total < header + UDP_HEADER
                || fragment
                || packet[9] != PROTOCOL_UDP
                || sum(packet, 0, header, 0) != 0xffff
                || in.getShort(header + 2) != CLIENT_PORT) {
            return Optional.empty();
        }
        int length = Short.toUnsignedInt(in.getShort(header + 4));
        if (length < UDP_HEADER || header + length > total) {
            return Optional.empty();
        }
        return Optional.of(Arrays.copyOfRange(packet, header + UDP_HEADER, header + length));
    }

    /** The sum in ones' complement of 16-bit words (RFC 1071). */
    private static int sum(byte[] octets, int from, int length, int start) {
        int sum = start;
        for (int i = 0; i < length; i++) {
            int octet = Byte.toUnsignedInt(octets[from + i]);
            sum += i % 2 == 0 ? octet << 8 : octet;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }
}
