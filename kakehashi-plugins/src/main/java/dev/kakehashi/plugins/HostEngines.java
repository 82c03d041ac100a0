package dev.kakehashi.plugins;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.netns.NetnsId;
import dev.kakehashi.state.engine.Engine;

import java.io.IOException;
import java.util.Optional;

/**
 * The engines that plugins work with. Most calls come from the same network namespace; its engine
 * stays open between them, with its socket and the deletion of links that goes on behind a DEL. A
 * call from another namespace gets an engine for itself.
 */
public final class HostEngines implements AutoCloseable {

    private final Netns home;
    private final NetnsId homeId;
    private Optional<Engine> resident = Optional.empty();

    private HostEngines(Netns home, NetnsId homeId) {
        this.home = home;
        this.homeId = homeId;
    }

    /**
     * Engines of a process.
     *
     * @param home the namespace that most calls come from; stays the caller's, who closes it after
     *     these
     * @throws IOException when the namespace cannot be told from others
     */
    public static HostEngines of(Netns home) throws IOException {
        return new HostEngines(home, home.id());
    }

    /** An engine at home on a call's host side, for the duration of the call. */
    public Lease lease(PluginHost host) throws IOException {
        if (!host.netns().id().equals(homeId)) {
            return new Lease(Engine.open(host.netns()), true);
        }
        synchronized (this) {
            if (resident.isEmpty()) {
                resident = Optional.of(Engine.open(home));
            }
            return new Lease(resident.get(), false);
        }
    }

    /** Ends the resident engine, after the deletions that it has begun. */
    @Override
    public synchronized void close() {
        resident.ifPresent(Engine::close);
        resident = Optional.empty();
    }

    /**
     * An engine that is lent.
     *
     * @param engine the engine
     * @param temporary whether it ends with the loan
     */
    public record Lease(Engine engine, boolean temporary) implements AutoCloseable {
        @Override
        public void close() {
            if (temporary) {
                engine.close();
            }
        }
    }
}
