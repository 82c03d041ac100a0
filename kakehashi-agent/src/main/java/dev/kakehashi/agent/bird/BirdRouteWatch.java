package dev.kakehashi.agent.bird;

import dev.kakehashi.cluster.bgp.BirdConfig;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.NetlinkListener;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkMonitor;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.linux.rtnetlink.RtnetlinkGroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Hears when somebody takes a route of our BIRD out of the kernel, and has BIRD put it back: it
 * passes over such notifications, and would see that the route is missing only when it scans.
 */
public final class BirdRouteWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(BirdRouteWatch.class.getName());

    /** A scan reads every route of the kernel: not more often than this, however many go. */
    private static final long PAUSE_MILLIS = 200;

    private final Path socket;
    private final AtomicBoolean lostIpv4 = new AtomicBoolean();
    private final AtomicBoolean lostIpv6 = new AtomicBoolean();
    private final Semaphore news = new Semaphore(0);
    private final NetlinkMonitor monitor;
    private final Thread asking;

    /** The netlink port of the BIRD that made the last route; -1 before the first. */
    private int bird = -1;

    private BirdRouteWatch(Netns host, Path socket) throws LinuxException {
        this.socket = socket;
        this.monitor =
                RtnetlinkGroup.monitor(
                        host,
                        Set.of(RtnetlinkGroup.IPV4_ROUTE, RtnetlinkGroup.IPV6_ROUTE),
                        "routes of BIRD",
                        new Listener());
        this.asking = Thread.ofPlatform().daemon().name("routes of BIRD lost").start(this::ask);
    }

    /**
     * Begins.
     *
     * @param host stays the caller's
     */
    public static BirdRouteWatch start(Netns host, BirdFiles files) throws LinuxException {
        return new BirdRouteWatch(host, files.socket());
    }

    private final class Listener implements NetlinkListener {
        @Override
        public void resynchronize() {
            lost(true);
            lost(false);
        }

        @Override
        public void notified(NetlinkMessage message) throws IOException {
            Optional<Route> route = Routes.decode(message).filter(BirdRoutes::isOne);
            if (route.isEmpty()) {
                return;
            }
            if (!Routes.isGone(message)) {
                bird = message.port();
            } else if (message.port() != bird) { // else it is BIRD's own will
                lost(route.get().destination().isIpv4());
            }
        }

        @Override
        public void failed(IOException failure) {
            LOG.log(System.Logger.Level.DEBUG, "cannot listen to routes", failure);
        }
    }

    private void lost(boolean ipv4) {
        (ipv4 ? lostIpv4 : lostIpv6).set(true);
        news.release();
    }

    private void ask() {
        try {
            while (true) {
                news.acquire();
                news.drainPermits();
                scan(lostIpv4, true);
                scan(lostIpv6, false);
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void scan(AtomicBoolean lost, boolean ipv4) {
        if (!lost.getAndSet(false)) {
            return;
        }
        try (BirdControl control = BirdControl.connect(socket)) {
            control.scan(BirdConfig.kernelProtocol(ipv4));
        } catch (IOException e) {
            // It looks by itself a second later; one that does not run has nothing to put back.
            LOG.log(System.Logger.Level.DEBUG, "cannot have BIRD look at routes", e);
        }
    }

    @Override
    public void close() {
        asking.interrupt();
        try {
            monitor.close();
        } catch (LinuxException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot stop listening to routes", e);
        }
    }
}
