package dev.kakehashi.plugins.ipvlan;

import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.rtnetlink.Ipvlan;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.single.NewInterface;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.Sysctl;

import java.util.List;
import java.util.Optional;

/**
 * An ipvlan in a container. Pure. Equivalent to: {@code ip link add IFNAME link MASTER netns
 * CONTAINER type ipvlan mode MODE}.
 *
 * @param master in its namespace
 * @param addresses those of an earlier plugin, if they are to be had here
 */
record IpvlanInterface(
        Attachment attachment, IpvlanConfig config, LinkRef master, Optional<CniResult> addresses)
        implements NewInterface {

    @Override
    public LinkBuilder link() {
        LinkBuilder link =
                Link.create(attachment.ifName(), Ipvlan.of(config.mode()))
                        .owner(attachment.owner())
                        .parent(master);
        return config.mtu() == 0 ? link : link.mtu(config.mtu());
    }

    /** Neighbours that knew the address elsewhere learn where it is now. */
    @Override
    public List<Sysctl> switches() {
        return List.of(
                Sysctl.ipv4(attachment.ifName(), "arp_notify", "1").optional(),
                Sysctl.ipv6(attachment.ifName(), "ndisc_notify", "1").optional());
    }

    /** The other modes have no layer 2: the kernel takes addresses to be unique (IFF_NOARP). */
    @Override
    public boolean hasNeighbours() {
        return config.mode() == Ipvlan.Mode.L2;
    }
}
