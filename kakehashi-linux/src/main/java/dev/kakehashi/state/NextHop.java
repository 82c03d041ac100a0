package dev.kakehashi.state;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Where a route sends packets to: a gateway, a link, or both.
 *
 * @param via the gateway; empty for destinations on the link itself. For an IPv4 route it may be an
 *     IPv6 address (RTA_VIA)
 * @param device the link; empty if the kernel shall find it from the gateway
 * @param weight share among several next hops, 1 to 256
 * @param onlink the gateway is on the link even if no address says so (RTNH_F_ONLINK)
 */
public record NextHop(
        Optional<InetAddress> via, Optional<String> device, int weight, boolean onlink) {
    public NextHop {
        if (weight < 1 || weight > 256) {
            throw new IllegalArgumentException("next hop weight " + weight + " is not in 1-256");
        }
        if (via.isEmpty() && device.isEmpty()) {
            throw new IllegalArgumentException("a next hop needs a gateway or a device");
        }
        device.ifPresent(LinkNames::check);
    }

    // Written out: see NetnsId.equals.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NextHop hop
                && via.equals(hop.via)
                && device.equals(hop.device)
                && weight == hop.weight
                && onlink == hop.onlink;
    }

    @Override
    public int hashCode() {
        return 31 * via.hashCode() + device.hashCode();
    }

    /** By a link, without gateway. */
    public static NextHop dev(String device) {
        return new NextHop(Optional.empty(), Optional.of(device), 1, false);
    }

    /** By a gateway on a link. */
    public static NextHop via(InetAddress gateway, String device) {
        return new NextHop(Optional.of(gateway), Optional.of(device), 1, false);
    }

    /** By a gateway; the kernel finds the link. */
    public static NextHop via(InetAddress gateway) {
        return new NextHop(Optional.of(gateway), Optional.empty(), 1, false);
    }

    /** By a gateway that is on the link whatever the link's addresses say. */
    public static NextHop onlink(InetAddress gateway, String device) {
        return new NextHop(Optional.of(gateway), Optional.of(device), 1, true);
    }

    /** The same with another weight. */
    public NextHop withWeight(int other) {
        return new NextHop(via, device, other, onlink);
    }
}
