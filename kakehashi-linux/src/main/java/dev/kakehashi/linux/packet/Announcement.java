package dev.kakehashi.linux.packet;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.MacAddress;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Tells the neighbours of a link that an address is here now, so that they forget the MAC address
 * it had before: an ARP announcement (RFC 5227 section 2.3), or an unsolicited neighbour
 * advertisement (RFC 4861 section 7.2.6). Equivalent to: {@code arping -U -c 1 -I $link $address},
 * {@code ndptool -t na -U send}.
 */
public final class Announcement {
    private static final int ETH_P_ARP = 0x0806;
    private static final int ETH_P_IPV6 = 0x86dd;
    private static final int ETHERNET = 14;

    private static final int ARP_ETHERNET = 1;
    private static final int ARP_REQUEST = 1;
    private static final int ETH_P_IP = 0x0800;

    private static final int IPV6 = 40;
    private static final int ADVERTISEMENT = 32;
    private static final int NEXT_HEADER_ICMPV6 = 58;
    private static final int TYPE_NEIGHBOUR_ADVERTISEMENT = 136;
    private static final int FLAG_OVERRIDE = 0x2000_0000;
    private static final int OPTION_TARGET_LINK_LAYER_ADDRESS = 2;
    private static final InetAddress ALL_NODES = IpAddresses.parse("ff02::1");
    private static final MacAddress ALL_NODES_MAC = MacAddress.parse("33:33:00:00:00:01");

    private Announcement() {}

    /**
     * Sends one announcement by a link that is up. Before a link has its carrier ({@code operState}
     * up) it drops what it is given, without an error.
     */
    public static void send(PacketSocket socket, int link, MacAddress mac, InetAddress address)
            throws LinuxException {
        socket.send(link, frame(mac, address));
    }

    /** The frame that announces an address of either family. */
    public static byte[] frame(MacAddress mac, InetAddress address) {
        return address instanceof Inet4Address ? arp(mac, address) : advertisement(mac, address);
    }

    private static byte[] arp(MacAddress mac, InetAddress address) {
        ByteBuffer frame = ByteBuffer.allocate(ETHERNET + 28);
        ethernet(frame, MacAddress.BROADCAST, mac, ETH_P_ARP);
        frame.putShort((short) ARP_ETHERNET).putShort((short) ETH_P_IP);
        frame.put((byte) 6).put((byte) 4).putShort((short) ARP_REQUEST);
        frame.put(mac.octets()).put(address.getAddress());
        frame.put(new byte[6]).put(address.getAddress());
        return frame.array();
    }

    private static byte[] advertisement(MacAddress mac, InetAddress address) {
        ByteBuffer frame = ByteBuffer.allocate(ETHERNET + IPV6 + ADVERTISEMENT);
        ethernet(frame, ALL_NODES_MAC, mac, ETH_P_IPV6);
        frame.putInt(6 << 28).putShort((short) ADVERTISEMENT);
        frame.put((byte) NEXT_HEADER_ICMPV6)
                .put((byte) 255); // receivers refuse any other hop limit
        frame.put(address.getAddress()).put(ALL_NODES.getAddress());
        int icmp = frame.position();
        frame.put((byte) TYPE_NEIGHBOUR_ADVERTISEMENT).put((byte) 0).putShort((short) 0);
        frame.putInt(FLAG_OVERRIDE).put(address.getAddress());
        frame.put((byte) OPTION_TARGET_LINK_LAYER_ADDRESS).put((byte) 1).put(mac.octets());
        frame.putShort(icmp + 2, (short) checksum(frame, icmp));
        return frame.array();
    }

    private static void ethernet(ByteBuffer frame, MacAddress to, MacAddress from, int type) {
        frame.put(to.octets()).put(from.octets()).putShort((short) type);
    }

    /**
     * RFC 4443 section 2.3: over the content and a pseudo header of addresses, length and protocol.
     */
    private static int checksum(ByteBuffer frame, int icmp) {
        int sum = ADVERTISEMENT + NEXT_HEADER_ICMPV6;
        for (int i = icmp - 32; i < frame.capacity(); i += 2) { // the addresses are just before
            sum += Short.toUnsignedInt(frame.getShort(i));
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        return ~sum & 0xffff;
    }
}
