package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netlink.NetlinkListener;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkMonitor;
import dev.kakehashi.linux.netlink.NetlinkProtocol;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtnetlinkGroup;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Hears whatever a namespace tells of changes that somebody asked for. */
final class Eavesdropper implements AutoCloseable {
    private static final int NFTABLES = 7;

    /** Notifications of what the kernel does by itself have no port. */
    private static final Set<RtnetlinkGroup> GROUPS =
            EnumSet.complementOf(EnumSet.of(RtnetlinkGroup.NETNS_ID));

    private final ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
    private final NetlinkMonitor links;
    private final NetlinkMonitor nft;

    private Eavesdropper(Netns netns) throws IOException {
        NetlinkListener ear =
                new NetlinkListener() {
                    @Override
                    public void resynchronize() {}

                    @Override
                    public void notified(NetlinkMessage message) {
                        if (message.port() != 0) {
                            heard.add("message of type " + message.type());
                        }
                    }

                    @Override
                    public void failed(IOException failure) {
                        heard.add(failure.toString());
                    }
                };
        links = RtnetlinkGroup.monitor(netns, GROUPS, "eavesdropper", ear);
        nft =
                NetlinkMonitor.start(
                        netns,
                        NetlinkProtocol.NETFILTER,
                        List.of(NFTABLES),
                        "eavesdropper nft",
                        ear);
    }

    static Eavesdropper listen(Netns netns) throws IOException {
        return new Eavesdropper(netns);
    }

    /** What was heard until now. */
    List<String> heard() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(20);
        return List.copyOf(heard);
    }

    @Override
    public void close() throws IOException {
        links.close();
        nft.close();
    }
}
