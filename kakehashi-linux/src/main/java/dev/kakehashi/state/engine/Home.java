package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.util.Optional;

/** A namespace that an engine stays in: its socket and the reaper of its links. */
final class Home implements AutoCloseable {
    private final Netns netns;
    private final RtNetlink netlink;
    private final LinkReaper reaper;
    private Optional<KernelNft> nft = Optional.empty();

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

    /** Its nftables by a socket that stays open: closing one after deletions takes long. */
    synchronized Nft nft() throws IOException {
        if (nft.isEmpty()) {
            nft = Optional.of(KernelNft.open(netns));
        }
        return nft.get();
    }

    @Override
    public synchronized void close() {
        nft.ifPresent(KernelNft::close);
        reaper.close();
        netlink.close();
    }
}
