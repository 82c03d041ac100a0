package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.NetlinkListener;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkMonitor;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.RtnetlinkGroup;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Knows the interface by which other nodes are reached, and tells at once when it changes: its MTU,
 * up, down. It is chosen again only when the kernel tells of something by which it was chosen: to
 * find the default route all routes are read, of which there is one for each node.
 */
final class UnderlayWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /** After that long it is chosen again, should the kernel not have told of a change. */
    private static final Duration LASTS = Duration.ofSeconds(10);

    /**
     * An underlay.
     *
     * @param pods the network's prefixes, whose addresses are none of it
     * @param nanos when it was chosen, as {@link System#nanoTime}
     */
    private record Choice(Underlay underlay, List<IpPrefix> pods, long nanos) {
        boolean holds(List<IpPrefix> now) {
            return pods.equals(now) && System.nanoTime() - nanos < LASTS.toNanos();
        }
    }

    private final Netns host;
    private final NetlinkMonitor monitor;

    /**
     * Links, addresses or default routes are others. Of a route that goes with its link or address
     * the kernel does not tell, but of these.
     */
    private final AtomicBoolean another = new AtomicBoolean(true);

    private Optional<Choice> choice = Optional.empty();
    private volatile String device = "";

    /** Whether it is chosen by the way to an address, which any route may change. */
    private volatile boolean byAnyRoute;

    /**
     * The interface that heard routers when it was first chosen. The node forwards since, and can
     * not be told from one that did so before us if somebody sets {@code accept_ra} to 1.
     */
    private String hearing = "";

    private UnderlayWatch(Netns host, Runnable changed) throws LinuxException {
        this.host = host;
        this.monitor =
                RtnetlinkGroup.monitor(
                        host,
                        Set.of(
                                RtnetlinkGroup.LINK,
                                RtnetlinkGroup.IPV4_ADDRESS,
                                RtnetlinkGroup.IPV6_ADDRESS,
                                RtnetlinkGroup.IPV4_ROUTE,
                                RtnetlinkGroup.IPV6_ROUTE),
                        "underlay",
                        new NetlinkListener() {
                            @Override
                            public void resynchronize() {
                                another.set(true);
                                changed.run();
                            }

                            @Override
                            public void notified(NetlinkMessage message) throws IOException {
                                if (Routes.isOfSome(message) && !byAnyRoute) {
                                    return;
                                }
                                another.set(true);
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
                                        "cannot listen to links and routes",
                                        failure);
                            }
                        });
    }

    /**
     * Begins.
     *
     * @param host stays the caller's, and open
     * @param changed must not wait
     */
    static UnderlayWatch start(Netns host, Runnable changed) throws LinuxException {
        return new UnderlayWatch(host, changed);
    }

    /**
     * Which it is now.
     *
     * @param kernel of the namespace that is watched
     * @param wanted as of {@link UnderlayChoice#of}
     */
    Underlay underlay(RtNetlink kernel, Network network, Optional<WantedUnderlay> wanted)
            throws IOException, NoUnderlayException {
        List<IpPrefix> pods = network.spec().cidrs();
        byAnyRoute = wanted.filter(WantedUnderlay.Reaching.class::isInstance).isPresent();
        boolean changed = another.getAndSet(false); // before the kernel is read
        Optional<Choice> known = choice.filter(last -> !changed && last.holds(pods));
        if (known.isEmpty()) {
            choice = Optional.empty();
            Underlay underlay = UnderlayChoice.of(host, kernel, network, wanted);
            device = underlay.device();
            if (hearing.equals(device)) {
                underlay = underlay.hearingRouters();
            }
            hearing = underlay.hearsRouters() ? device : "";
            known = Optional.of(new Choice(underlay, pods, System.nanoTime()));
            choice = known;
        }
        return known.get().underlay();
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
