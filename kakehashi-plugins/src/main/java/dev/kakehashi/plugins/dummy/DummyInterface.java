package dev.kakehashi.plugins.dummy;

import dev.kakehashi.linux.rtnetlink.Dummy;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.single.NewInterface;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;

/** A dummy in a container. Pure. Equivalent to: {@code ip link add IFNAME type dummy}. */
record DummyInterface(Attachment attachment) implements NewInterface {

    @Override
    public LinkBuilder link() {
        return Link.create(attachment.ifName(), new Dummy()).owner(attachment.owner());
    }

    @Override
    public boolean hasNeighbours() {
        return false;
    }
}
