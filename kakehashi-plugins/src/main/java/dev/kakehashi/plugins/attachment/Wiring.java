package dev.kakehashi.plugins.attachment;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.OperState;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.engine.Applied;
import dev.kakehashi.state.engine.Conflict;
import dev.kakehashi.state.engine.ConflictException;
import dev.kakehashi.state.engine.Engine;
import dev.kakehashi.state.engine.Healing;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Carries out in the kernel what plugins describe that join a container to its host by a veth pair:
 * for one call.
 */
public final class Wiring implements AutoCloseable {

    private static final int ATTEMPTS = 10;

    /** Mostly it takes a hundredth of that. */
    private static final Duration DEPARTURE = Duration.ofSeconds(5);

    /** Milliseconds between looks; mostly the first look is enough. */
    private static final int[] CARRIER_PAUSES = {1, 2, 5, 10, 32, 500, 1000, 1000, 0};

    private final PluginHost host;
    private final HostEngines.Lease lease;
    private final RtNetlink netlink;
    private Map<LinkRef, dev.kakehashi.linux.rtnetlink.Link> seen = Map.of();
    private Optional<RtNetlink> inside = Optional.empty();

    private Wiring(PluginHost host, HostEngines.Lease lease) {
        this.host = host;
        this.lease = lease;
        this.netlink = lease.netlink();
    }

    /** Begins a call. */
    public static Wiring open(PluginHost host, HostEngines engines) throws CniException {
        try {
            return new Wiring(host, engines.lease(host));
        } catch (IOException e) {
            throw Failures.of("failed to work in the host's network namespace", e);
        }
    }

    /** For looking at the host; lent. */
    public RtNetlink host() {
        return netlink;
    }

    /** What {@link #make} is about to join, as the host has it now. */
    public void hasSeen(dev.kakehashi.linux.rtnetlink.Link link) {
        seen = Map.of(LinkRef.host(link.name()), link);
    }

    /** The engine, at home on the host. */
    public Engine engine() {
        return lease.engine();
    }

    /**
     * Opens the container's namespace, for the caller to close.
     *
     * @throws CniException code 8 when it cannot be opened
     */
    public Netns container(String path) throws CniException {
        try {
            return host.openNetns(path);
        } catch (LinuxException e) {
            throw Failures.netns(path, e);
        }
    }

    /**
     * Makes sure that the interface is not there yet, before anything is asked of address
     * management: what is undone after a failure would otherwise be the living attachment's.
     *
     * @throws CniException when it is (SPEC, "ADD")
     */
    public void requireFree(Netns container, String ifName) throws CniException {
        try {
            awaitDepartures(container);
            if (inside(container).link(ifName).isPresent()) {
                throw new CniException(
                        CniException.INTERNAL,
                        "container veth name (\"" + ifName + "\") already exists",
                        "the container has an interface of that name; DEL comes before another ADD");
            }
        } catch (IOException e) {
            throw Failures.of("failed to look for \"" + ifName + "\" in the container", e);
        }
    }

    /**
     * Waits for what a DEL just before has left of an interface of the same container: until it is
     * gone its addresses and routes are still there.
     */
    private void awaitDepartures(Netns container) throws IOException, CniException {
        if (!engine().isRemoving()) {
            return;
        }
        for (var link : inside(container).links()) {
            if (link.name().startsWith(Ownership.REAP_PREFIX)) {
                awaitRemoval(link.name());
                return;
            }
        }
    }

    private void awaitRemoval(String name) throws CniException {
        try {
            if (engine().awaitRemoval(DEPARTURE)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new CniException(
                CniException.TRY_AGAIN_LATER,
                "the container still has an interface that was removed (\"" + name + "\")",
                "the kernel is slow to delete it; try again");
    }

    /** Where the container is. */
    PluginHost pluginHost() {
        return host;
    }

    /** The one socket in the container that a call opens. */
    RtNetlink inside(Netns container) throws IOException {
        if (inside.isEmpty()) {
            inside = Optional.of(RtNetlink.open(container));
        }
        return inside.get();
    }

    /** The same socket, once it is open; it works also when the container's namespace is closed. */
    RtNetlink inside() {
        return inside.orElseThrow();
    }

    /** The engine, with the container. */
    private Engine engine(Netns container) throws IOException {
        return engine().with(NamespaceId.CONTAINER, container, inside(container));
    }

    /** What is to be made, given the names and addresses of a pair. */
    public interface Description {
        /**
         * Describes it.
         *
         * @throws CniException when it is impossible
         */
        DesiredState with(Veth veth) throws CniException;
    }

    /**
     * What was made.
     *
     * @param veth the pair
     * @param state all of it
     * @param applied what it took
     */
    public record Made(Veth veth, DesiredState state, Applied applied) {}

    /**
     * Makes an attachment. When this throws, nothing of it is left.
     *
     * @param name of the host's end; empty to choose
     * @param mac of the container's end; empty to choose
     */
    public Made make(
            Attachment attachment,
            Optional<String> name,
            Optional<MacAddress> mac,
            Netns container,
            Description description)
            throws CniException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        MacAddress containerMac = mac.orElseGet(() -> Veth.randomMac(random));
        for (int attempt = 0; ; attempt++) {
            Veth veth =
                    new Veth(
                            name.orElse(attachment.hostVethName(attempt)),
                            Veth.randomMac(random),
                            attachment.ifName(),
                            containerMac);
            DesiredState state = description.with(veth);
            try {
                return new Made(veth, state, engine(container).having(seen).apply(state));
            } catch (ConflictException e) {
                boolean nameTaken = isAbout(e, veth.hostName());
                if (!nameTaken || name.isPresent() || attempt == ATTEMPTS - 1) {
                    throw conflict(e);
                }
            } catch (IOException e) {
                throw Failures.of("failed to set up \"" + attachment.ifName() + "\"", e);
            }
        }
    }

    /**
     * Makes the rest of what {@link #make} made in part. When this throws, what was made before is
     * still there.
     */
    public Applied complete(DesiredState state, Netns container) throws CniException {
        try {
            return engine(container).reconcile(state);
        } catch (ConflictException e) {
            throw conflict(e);
        } catch (IOException e) {
            throw Failures.of("failed to set up the container's interface", e);
        }
    }

    /** Puts right what differs, as far as possible. */
    public Healing heal(DesiredState state, Netns container) throws CniException {
        try {
            return engine(container).heal(state);
        } catch (IOException e) {
            throw Failures.of("failed to look at the attachment", e);
        }
    }

    private static boolean isAbout(ConflictException e, String hostName) {
        for (Conflict conflict : e.conflicts()) {
            if (!conflict.key().equals(new Link.Key(hostName))) {
                return false;
            }
        }
        return true;
    }

    private static CniException conflict(ConflictException e) {
        for (Conflict conflict : e.conflicts()) {
            if (conflict.key() instanceof Link.Key(String name)
                    && conflict.found().contains("not a bridge")) {
                return new CniException(
                        CniException.INTERNAL,
                        "failed to create bridge \""
                                + name
                                + "\": \""
                                + name
                                + "\" already exists but is not a bridge",
                        conflict.toString());
            }
        }
        return new CniException(
                CniException.INTERNAL, "something else is in the way: " + e.getMessage(), e);
    }

    /** Takes back what {@link #make} made, on the way out of a failed ADD. */
    public void unmake(DesiredState made, Netns container, CniException failure) {
        try {
            engine(container).remove(made);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Waits until the host's end can carry traffic: the kernel tells both ends of each other
     * shortly after they are up, and a bridge forwards from a port only then.
     *
     * @throws CniException when that takes longer than some seconds
     */
    public void awaitCarrier(String hostName) throws CniException {
        try {
            for (int pause : CARRIER_PAUSES) {
                Optional<dev.kakehashi.linux.rtnetlink.Link> link = netlink.link(hostName);
                if (link.isEmpty()) {
                    throw new CniException(
                            CniException.INTERNAL, "\"" + hostName + "\" has vanished");
                }
                if (link.get().operState() == OperState.UP) {
                    return;
                }
                Thread.sleep(pause);
            }
        } catch (IOException e) {
            throw Failures.of("failed to look at \"" + hostName + "\"", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new CniException(
                CniException.INTERNAL,
                "bridge port in error state: down",
                "\"" + hostName + "\" is up but its other end, in the container, is not");
    }

    /** Ends the call. */
    @Override
    public void close() {
        inside.ifPresent(RtNetlink::close);
        lease.close();
    }
}
