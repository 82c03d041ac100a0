package dev.kakehashi.ipam.dhcp6;

import java.nio.ByteBuffer;

/** Messages of ICMPv6 in their packet (RFC 4443). */
final class Icmpv6 {

    private static final int HEADER = 40;
    private static final int ADDRESSES = 8;
    private static final int PROTOCOL = 58;
    private static final int ROUTER_SOLICITATION = 133;

    private Icmpv6() {}

    /**
     * A router solicitation from nobody to all routers (RFC 4861, section 4.1): an address that is
     * being looked for duplicates must not be its source.
     *
     * @return from the IPv6 header on
     */
    static byte[] routerSolicitation() {
        ByteBuffer out = ByteBuffer.allocate(HEADER + 8);
        out.put((byte) 0x60).put(new byte[3]).putShort((short) 8);
        out.put((byte) PROTOCOL).put((byte) 255).put(new byte[16]);
        out.putShort((short) 0xff02).put(new byte[13]).put((byte) 2);
        out.put((byte) ROUTER_SOLICITATION);
        out.putShort(HEADER + 2, (short) checksum(out.array(), 8));
        return out.array();
    }

    /**
     * The checksum over a message and the pseudo header of its packet; 0 when one is in the message
     * and right.
     *
     * @param length of the message, which follows the header
     */
    static int checksum(byte[] packet, int length) {
        int sum = PROTOCOL + length;
        for (int i = ADDRESSES; i < HEADER + length; i++) {
            int octet = Byte.toUnsignedInt(packet[i]);
            sum += i % 2 == 0 ? octet << 8 : octet;
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }
}
