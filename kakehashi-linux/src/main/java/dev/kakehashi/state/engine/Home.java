package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.RtNetlinkPool;
import dev.kakehashi.linux.sysctl.SysctlTree;

import java.io.IOException;
import java.util.Optional;

/** A namespace that an engine stays in: its sockets and the reaper of its links. */
final class Home implements AutoCloseable {
    private final Netns netns;
    private final RtNetlinkPool sockets;
    private final LinkReaper reaper;
    private Optional<KernelNft> nft = Optional.empty();
    private Optional<SysctlTree> switches = Optional.empty();

    private Home(Netns netns) {
        this.netns = netns;
        this.sockets = RtNetlinkPool.of(netns);
        this.reaper = new LinkReaper(netns);
    }

    static Home open(Netns netns) throws IOException {
        Home home = new Home(netns);
        home.sockets.giveBack(home.sockets.take()); // now or never
        return home;
    }

    Netns netns() {
        return netns;
    }

    /** Talks to the namespace from wherever the calling thread is. */
    <T> T talk(Kernel.Work<T> work) throws IOException {
        RtNetlink netlink = sockets.take();
        try {
            return work.run(netlink);
        } finally {
            sockets.giveBack(netlink);
        }
    }

    /** Whether a notification that names this port tells of a change made from here. */
    boolean owns(int port) {
        return sockets.owns(port) || ownsNft(port);
    }

    private synchronized boolean ownsNft(int port) {
        return nft.isPresent() && nft.get().owns(port);
    }

    LinkReaper reaper() {
        return reaper;
    }

    /** Its nftables by a socket that stays open: closing one after deletions takes long. */
    synchronized Nft nft() throws IOException {
        if (nft.isEmpty()) {
            nft = Optional.of(KernelNft.open(netns));
        }
        return nft.get();
    }

    /** The directories of its switches. */
    synchronized SysctlTree switches() throws IOException {
        if (switches.isEmpty()) {
            switches = Optional.of(SysctlTree.of(netns));
        }
        return switches.get();
    }

    @Override
    public synchronized void close() {
        switches.ifPresent(SysctlTree::close);
        nft.ifPresent(KernelNft::close);
        reaper.close();
        sockets.close();
    }
}
