package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.linux.rtnetlink.Scope;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Sysctl;

import java.util.List;

/** What the devices of overlays have in common. */
final class Tunnels {
    /**
     * An address that is nobody's (RFC 7600, section 4.8: the IPv4 dummy address). Of the scope of
     * the host, so that it is no source of what the node sends elsewhere.
     */
    private static final IpPrefix DUMMY = IpPrefix.parse("192.0.0.8/32");

    private Tunnels() {}

    /** A device of the network's, up. */
    static LinkBuilder device(Network network, String name, LinkKind kind, int mtu) {
        return Link.create(name, kind).owner("network/" + network.name()).mtu(mtu).up(true);
    }

    /**
     * What the node itself needs on the device to talk to pods elsewhere: the own address of each
     * of its subnets as source, as a host address, so that there is no broadcast address and no
     * route.
     *
     * <p>Where there is none, as on a node that has nothing but borrowed addresses, the IPv4 device
     * has another one: to one without the kernel applies the strict reverse path, whatever {@code
     * rp_filter} is (fib_validate_source, {@code no_addr}).
     */
    static void addSources(List<Resource> resources, String device, SelfNode self, boolean ipv4) {
        if (ipv4) {
            // While nodes change from one carrier to another, what is sent by the overlay may be
            // answered without it.
            resources.add(looseReversePath(device));
            if (self.wholeSubnets(true).isEmpty()) {
                resources.add(dummy(device));
            }
        }
        for (IpPrefix subnet : self.wholeSubnets(ipv4)) {
            resources.add(Address.of(device, IpPrefix.host(subnet.address())).withoutDad());
        }
    }

    /** Makes a device one that has an IPv4 address, to the kernel and nobody else. */
    static Address dummy(String device) {
        return Address.of(device, DUMMY).withScope(Scope.HOST).withoutDad();
    }

    /** What comes by the device may be answered by another one (RFC 3704, loose). */
    static Sysctl looseReversePath(String device) {
        return Sysctl.ipv4(device, "rp_filter", "2");
    }

    /** A router advertisement from the overlay must not become this node's default route. */
    static Sysctl noRouterAdvertisements(String device) {
        return Sysctl.ipv6(device, "accept_ra", "0").optional();
    }
}
