package dev.kakehashi.plugins.vlan;

import dev.kakehashi.linux.rtnetlink.Vlan;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.single.NewInterface;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.LinkRef;

/**
 * A VLAN in a container. Pure. Equivalent to: {@code ip link add IFNAME link MASTER netns CONTAINER
 * type vlan id ID}.
 *
 * @param master in its namespace
 */
record VlanInterface(Attachment attachment, VlanConfig config, LinkRef master)
        implements NewInterface {

    @Override
    public LinkBuilder link() {
        LinkBuilder link =
                Link.create(attachment.ifName(), Vlan.of(config.id()))
                        .owner(attachment.owner())
                        .parent(master);
        return config.mtu() == 0 ? link : link.mtu(config.mtu());
    }
}
