package dev.kakehashi.agent.node;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.NetlinkListener;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkMonitor;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtnetlinkGroup;

import java.io.IOException;
import java.util.Set;

/** Tells at once when the interface changes by which other nodes are reached: its MTU, up, down. */
final class UnderlayWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    private final NetlinkMonitor monitor;
    private volatile String device = "";

    private UnderlayWatch(Netns host, Runnable changed) throws LinuxException {
        this.monitor =
                RtnetlinkGroup.monitor(
                        host,
                        Set.of(RtnetlinkGroup.LINK),
                        "underlay",
                        new NetlinkListener() {
                            @Override
                            public void resynchronize() {
                                changed.run();
                            }

                            @Override
                            public void notified(NetlinkMessage message) throws IOException {
                                if (Links.decode(message)
                                        .filter(link -> link.name().equals(device))
                                        .isPresent()) {
                                    changed.run();
                                }
                            }

                            @Override
                            public void failed(IOException failure) {
                                // It is looked at from time to time in any case.
                                LOG.log(
                                        System.Logger.Level.DEBUG,
                                        "cannot listen to links",
                                        failure);
                            }
                        });
    }

    /**
     * Begins.
     *
     * @param changed must not wait
     */
    static UnderlayWatch start(Netns host, Runnable changed) throws LinuxException {
        return new UnderlayWatch(host, changed);
    }

    /** Which interface it is now. */
    void follow(String name) {
        device = name;
    }

    @Override
    public void close() {
        try {
            monitor.close();
        } catch (LinuxException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot stop listening to links", e);
        }
    }
}
