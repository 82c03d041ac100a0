package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;

/** A namespace that an engine stays in: its socket and the reaper of its links. */
final class Home implements AutoCloseable {
    private final Netns netns;
    private final RtNetlink netlink;
    private final LinkReaper reaper;

    private Home(Netns netns, RtNetlink netlink) {
        this.netns = netns;
        this.netlink = netlink;
        this.reaper = new LinkReaper(netns);
    }

    static Home open(Netns netns) throws IOException {
        return new Home(netns, RtNetlink.open(netns));
    }

    Netns netns() {
        return netns;
    }

    RtNetlink netlink() {
        return netlink;
    }

    LinkReaper reaper() {
        return reaper;
    }

    @Override
    public void close() {
        reaper.close();
        netlink.close();
    }
}
