package dev.kakehashi.plugins.chain;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.engine.Applied;
import dev.kakehashi.state.engine.Engine;
import dev.kakehashi.state.engine.Plan;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * Where one call of a chained plugin works: the host and, unless the call is about the host alone,
 * a container. The container's namespace is opened once a call and held no longer.
 */
public final class Workplace implements AutoCloseable {

    private final HostEngines.Lease lease;
    private final Optional<Netns> container;
    private final Optional<RtNetlink> inside;
    private final Engine engine;

    private Workplace(
            HostEngines.Lease lease,
            Optional<Netns> container,
            Optional<RtNetlink> inside,
            Engine engine) {
        this.lease = lease;
        this.container = container;
        this.inside = inside;
        this.engine = engine;
    }

    /** The host alone: for plugins that need no container, and for GC. */
    public static Workplace onHost(PluginHost host, HostEngines engines) throws CniException {
        HostEngines.Lease lease = lease(host, engines);
        return new Workplace(lease, Optional.empty(), Optional.empty(), lease.engine());
    }

    /**
     * The host and a container, for ADD and CHECK.
     *
     * @param netns CNI_NETNS
     * @throws CniException code 8 when the namespace cannot be opened
     */
    public static Workplace in(PluginHost host, HostEngines engines, String netns)
            throws CniException {
        try {
            return enter(host, engines, host.openNetns(netns));
        } catch (LinuxException e) {
            throw Failures.netns(netns, e);
        }
    }

    /**
     * The host and a container, for DEL; empty when the container's namespace is gone, with all
     * that was in it.
     *
     * @param netns CNI_NETNS; may be empty or lead nowhere
     * @throws CniException code 8 when the namespace is there and cannot be opened
     */
    public static Optional<Workplace> ifAlive(PluginHost host, HostEngines engines, String netns)
            throws CniException {
        if (netns.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(enter(host, engines, host.openNetns(netns)));
        } catch (LinuxException e) {
            // A file that was a namespace until it was unmounted is one that is gone, too.
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.EINVAL)) {
                return Optional.empty();
            }
            throw Failures.netns(netns, e);
        }
    }

    private static Workplace enter(PluginHost host, HostEngines engines, Netns container)
            throws CniException {
        try {
            RtNetlink inside = RtNetlink.open(container);
            try {
                HostEngines.Lease lease = lease(host, engines);
                return new Workplace(
                        lease,
                        Optional.of(container),
                        Optional.of(inside),
                        lease.engine().with(NamespaceId.CONTAINER, container, inside));
            } catch (CniException | RuntimeException e) {
                inside.close();
                throw e;
            }
        } catch (IOException e) {
            container.close();
            throw Failures.of("failed to work in the container's network namespace", e);
        } catch (CniException | RuntimeException e) {
            container.close();
            throw e;
        }
    }

    private static HostEngines.Lease lease(PluginHost host, HostEngines engines)
            throws CniException {
        try {
            return engines.lease(host);
        } catch (IOException e) {
            throw Failures.of("failed to work in the host's network namespace", e);
        }
    }

    /** For looking at the host; lent. */
    public RtNetlink host() {
        return lease.netlink();
    }

    /** For looking at the container; lent. */
    public RtNetlink inside() {
        return inside.orElseThrow();
    }

    /** The container's namespace; lent. */
    public Netns container() {
        return container.orElseThrow();
    }

    /** The engine, at home on the host, with the container. */
    public Engine engine() {
        return engine;
    }

    /**
     * Makes what is described; when a later step of the call fails, what is ours of it is removed.
     *
     * @param doing for the error: {@code failed to …}
     * @throws CniException when it cannot be made; nothing of it is left then
     */
    public Applied make(DesiredState state, String doing, Undo undo) throws CniException {
        Applied applied = make(state, doing);
        undo.add(failure -> {
            try {
                remove(state, "failed to take back what was made");
            } catch (CniException e) {
                failure.addSuppressed(e);
            }
        });
        return applied;
    }

    /**
     * Makes what is described.
     *
     * @param doing for the error: {@code failed to …}
     * @throws CniException when it cannot be made; nothing of it is left then
     */
    public Applied make(DesiredState state, String doing) throws CniException {
        return make(engine, state, doing);
    }

    /**
     * Makes what is described.
     *
     * @param seen a link of the host that need not be looked at again
     * @param doing for the error: {@code failed to …}
     * @throws CniException when it cannot be made; nothing of it is left then
     */
    public Applied make(DesiredState state, Link seen, String doing) throws CniException {
        return make(engine.having(Map.of(LinkRef.host(seen.name()), seen)), state, doing);
    }

    private static Applied make(Engine engine, DesiredState state, String doing)
            throws CniException {
        try {
            return engine.apply(state);
        } catch (IOException e) {
            throw Failures.of(doing, e);
        }
    }

    /** Removes what is ours of a state, as far as it is there. */
    public Applied remove(DesiredState state, String doing) throws CniException {
        try {
            return engine.remove(state);
        } catch (IOException e) {
            throw Failures.of(doing, e);
        }
    }

    /**
     * Removes links that are ours, as far as they are there: their names, which nobody else takes,
     * may go a little later.
     */
    public void release(DesiredState links, String doing) throws CniException {
        try {
            var _ = engine.release(links);
        } catch (IOException e) {
            throw Failures.of(doing, e);
        }
    }

    /**
     * Verifies that all is as described: for CHECK.
     *
     * @param what the text of the error when it is not
     * @throws CniException with the commands that would put it right as details
     */
    public void verify(DesiredState state, String what) throws CniException {
        Plan plan;
        try {
            plan = engine.plan(state);
        } catch (IOException e) {
            throw Failures.of(what, e);
        }
        if (!plan.isEmpty()) {
            throw new CniException(
                    CniException.INTERNAL,
                    what,
                    "to put it right: " + plan.toString().strip().replace("\n", "; "));
        }
    }

    @Override
    public void close() {
        inside.ifPresent(RtNetlink::close);
        container.ifPresent(Netns::close);
        lease.close();
    }
}
