package dev.kakehashi.agent.node;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.packet.PacketSocket;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** A router that says on its eth0 that it is one, whenever it is told to (RFC 4861 section 4.2). */
record AdvertisingRouter(Netns netns) {
    static final String ADDRESS = "fe80::1";

    private static final InetAddress ALL_NODES = IpAddresses.parse("ff02::1");
    private static final int ETHERNET = 14;
    private static final int IPV6 = 40;
    private static final int ADVERTISEMENT = 16;
    private static final int NEXT_HEADER_ICMPV6 = 58;
    private static final int TYPE_ROUTER_ADVERTISEMENT = 134;

    /** In a namespace with an eth0 on the segment. */
    static AdvertisingRouter in(Netns netns) throws IOException {
        NodesBed.sh(
                netns,
                "sysctl -qw net.ipv6.conf.all.forwarding=1; ip address add %s/64 dev eth0 nodad"
                        .formatted(ADDRESS));
        return new AdvertisingRouter(netns);
    }

    /** Advertises itself as a default router for so many seconds. */
    void advertise(int lifetime) throws IOException {
        try (RtNetlink kernel = RtNetlink.open(netns);
                PacketSocket socket = PacketSocket.open(netns)) {
            Link link = kernel.link("eth0").orElseThrow();
            socket.send(link.index(), frame(link.mac().orElseThrow(), lifetime));
        }
    }

    private static byte[] frame(MacAddress mac, int lifetime) {
        ByteBuffer frame = ByteBuffer.allocate(ETHERNET + IPV6 + ADVERTISEMENT);
        frame.put(MacAddress.parse("33:33:00:00:00:01").octets()).put(mac.octets());
        frame.putShort((short) 0x86dd);
        frame.putInt(6 << 28).putShort((short) ADVERTISEMENT);
        frame.put((byte) NEXT_HEADER_ICMPV6).put((byte) 255);
        frame.put(IpAddresses.parse(ADDRESS).getAddress()).put(ALL_NODES.getAddress());
        int icmp = frame.position();
        frame.put((byte) TYPE_ROUTER_ADVERTISEMENT).put((byte) 0).putShort((short) 0);
        frame.put((byte) 64).put((byte) 0).putShort((short) lifetime).putLong(0);
        frame.putShort(icmp + 2, (short) checksum(frame, icmp));
        return frame.array();
    }

    /** RFC 4443 section 2.3. */
    private static int checksum(ByteBuffer frame, int icmp) {
        int sum = ADVERTISEMENT + NEXT_HEADER_ICMPV6;
        for (int i = icmp - 32; i < frame.capacity(); i += 2) {
            sum += Short.toUnsignedInt(frame.getShort(i));
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        return ~sum & 0xffff;
    }
}
