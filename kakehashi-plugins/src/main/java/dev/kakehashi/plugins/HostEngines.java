package dev.kakehashi.plugins;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.netns.NetnsId;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.RtNetlinkPool;
import dev.kakehashi.state.engine.Applied;
import dev.kakehashi.state.engine.Engine;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The engines that plugins work with. Most calls come from the same network namespace; its engine
 * stays open between them, with its socket and the deletion of links that goes on behind a DEL. A
 * call from another namespace gets an engine for itself.
 */
public final class HostEngines implements AutoCloseable {

    private final Netns home;
    private final NetnsId homeId;
    private final RtNetlinkPool sockets;
    private final Optional<Consumer<Applied>> onlooker;
    private Optional<Engine> resident = Optional.empty();

    private HostEngines(Netns home, NetnsId homeId, Optional<Consumer<Applied>> onlooker) {
        this.home = home;
        this.homeId = homeId;
        this.onlooker = onlooker;
        this.sockets = RtNetlinkPool.of(home);
    }

    /**
     * Engines of a process.
     *
     * @param home the namespace that most calls come from; stays the caller's, who closes it after
     *     these
     * @throws IOException when the namespace cannot be told from others
     */
    public static HostEngines of(Netns home) throws IOException {
        return new HostEngines(home, home.id(), Optional.empty());
    }

    /**
     * The same with somebody who is told what calls from that namespace do.
     *
     * @throws IOException when the namespace cannot be told from others
     */
    public static HostEngines of(Netns home, Consumer<Applied> onlooker) throws IOException {
        return new HostEngines(home, home.id(), Optional.of(onlooker));
    }

    /** An engine at home on a call's host side, for the duration of the call. */
    public Lease lease(PluginHost host) throws IOException {
        if (!host.netns().id().equals(homeId)) {
            return temporary(host.netns());
        }
        Engine engine = resident();
        RtNetlink netlink = sockets.take();
        return new Lease(engine, netlink, () -> sockets.giveBack(netlink));
    }

    private synchronized Engine resident() throws IOException {
        if (resident.isEmpty()) {
            resident =
                    Optional.of(
                            onlooker.isPresent()
                                    ? Engine.open(home, onlooker.get())
                                    : Engine.open(home));
        }
        return resident.get();
    }

    private static Lease temporary(Netns netns) throws IOException {
        Engine engine = Engine.open(netns);
        try {
            RtNetlink netlink = RtNetlink.open(netns);
            return new Lease(
                    engine,
                    netlink,
                    () -> {
                        netlink.close();
                        engine.close();
                    });
        } catch (IOException e) {
            engine.close();
            throw e;
        }
    }

    /** Ends the resident engine, after the deletions that it has begun. */
    @Override
    public synchronized void close() {
        resident.ifPresent(Engine::close);
        resident = Optional.empty();
        sockets.close();
    }

    /**
     * What is lent for a call.
     *
     * @param engine at home on the host's side
     * @param netlink a socket there
     * @param end what ends the loan
     */
    public record Lease(Engine engine, RtNetlink netlink, Runnable end) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }
}
