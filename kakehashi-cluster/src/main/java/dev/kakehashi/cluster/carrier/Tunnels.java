package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Sysctl;

import java.util.List;

/** What the devices of overlays have in common. */
final class Tunnels {
    private Tunnels() {}

    /** A device of the network's, up. */
    static LinkBuilder device(Network network, String name, LinkKind kind, int mtu) {
        return Link.create(name, kind).owner("network/" + network.name()).mtu(mtu).up(true);
    }

    /**
     * What the node itself needs on the device to talk to pods elsewhere: the own address of each
     * of its subnets as source, as a host address, so that there is no broadcast address and no
     * route.
     */
    static void addSources(List<Resource> resources, String device, SelfNode self, boolean ipv4) {
        if (ipv4) {
            // While nodes change from one carrier to another, what is sent by the overlay may be
            // answered without it.
            resources.add(Sysctl.ipv4(device, "rp_filter", "2"));
        }
        for (IpPrefix subnet : self.wholeSubnets(ipv4)) {
            resources.add(Address.of(device, IpPrefix.host(subnet.address())).withoutDad());
        }
    }

    /** A router advertisement from the overlay must not become this node's default route. */
    static Sysctl noRouterAdvertisements(String device) {
        return Sysctl.ipv6(device, "accept_ra", "0").optional();
    }
}
