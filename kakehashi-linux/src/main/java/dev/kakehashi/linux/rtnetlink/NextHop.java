package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.IpAddresses;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Where a route sends packets.
 *
 * @param link the index of the outgoing link, 0 to let the kernel find it from the gateway
 * @param gateway the next router; of the other family too (RFC 5549)
 * @param weight share among several, 1 to 256
 * @param flags {@code RTNH_F_*}: {@link #RTNH_F_ONLINK} may be asked for, the others are the
 *     kernel's
 */
public record NextHop(int link, Optional<InetAddress> gateway, int weight, int flags) {
    public static final int RTNH_F_DEAD = 1;
    public static final int RTNH_F_ONLINK = 4;
    public static final int RTNH_F_LINKDOWN = 16;

    public NextHop {
        if (weight < 1 || weight > 256) {
            throw new IllegalArgumentException("a next hop's weight is 1 to 256, not " + weight);
        }
    }

    /** By a link, whose neighbours are the destination. */
    public static NextHop link(int index) {
        return new NextHop(index, Optional.empty(), 1, 0);
    }

    /** By a router on a link. */
    public static NextHop via(InetAddress gateway, int link) {
        return new NextHop(link, Optional.of(gateway), 1, 0);
    }

    /** By a router that is on the link whatever the link's addresses say. */
    public static NextHop onlink(InetAddress gateway, int link) {
        return new NextHop(link, Optional.of(gateway), 1, RTNH_F_ONLINK);
    }

    /** Whether the gateway is taken to be on the link. */
    public boolean isOnlink() {
        return (flags & RTNH_F_ONLINK) != 0;
    }

    /** Whether the kernel does not use it: its link is gone or without carrier. */
    public boolean isDead() {
        return (flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) != 0;
    }

    /** In the words of ip-route(8), starting with a blank each. */
    @Override
    public String toString() {
        return text(" via ");
    }

    /** The same in a route of IPv4 or IPv6, which names a gateway of the other: via inet6. */
    String text(boolean ipv4) {
        boolean same = gateway.map(g -> g instanceof Inet4Address == ipv4).orElse(true);
        return text(same ? " via " : ipv4 ? " via inet6 " : " via inet ");
    }

    private String text(String via) {
        StringBuilder text = new StringBuilder();
        gateway.ifPresent(g -> text.append(via).append(IpAddresses.format(g)));
        if (link != 0) {
            text.append(" dev #").append(link);
        }
        if (weight != 1) {
            text.append(" weight ").append(weight);
        }
        return isOnlink() ? text.append(" onlink").toString() : text.toString();
    }
}
