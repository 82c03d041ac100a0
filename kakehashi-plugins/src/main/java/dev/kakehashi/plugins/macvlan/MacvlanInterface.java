package dev.kakehashi.plugins.macvlan;

import dev.kakehashi.linux.rtnetlink.Macvlan;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.single.NewInterface;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.Sysctl;

import java.util.List;

/**
 * A macvlan in a container. Pure. Equivalent to: {@code ip link add IFNAME link MASTER netns
 * CONTAINER type macvlan mode MODE}.
 *
 * @param master in its namespace
 */
record MacvlanInterface(Attachment attachment, MacvlanConfig config, LinkRef master)
        implements NewInterface {

    @Override
    public LinkBuilder link() {
        LinkBuilder link =
                Link.create(
                                attachment.ifName(),
                                new Macvlan(config.mode(), config.broadcastQueueLength()))
                        .owner(attachment.owner())
                        .parent(master);
        config.mac().ifPresent(link::mac);
        return config.mtu() == 0 ? link : link.mtu(config.mtu());
    }

    /** Neighbours that knew the address elsewhere learn where it is now. */
    @Override
    public List<Sysctl> switches() {
        return List.of(
                Sysctl.ipv4(attachment.ifName(), "arp_notify", "1").optional(),
                Sysctl.ipv6(attachment.ifName(), "ndisc_notify", "1").optional());
    }
}
