package dev.kakehashi.plugins.attachment;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netlink.NetlinkException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.OperState;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.engine.Applied;
import dev.kakehashi.state.engine.Conflict;
import dev.kakehashi.state.engine.ConflictException;
import dev.kakehashi.state.engine.Engine;
import dev.kakehashi.state.engine.Healing;
import dev.kakehashi.state.engine.Step;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Carries out in the kernel what plugins describe that join a container to its host by a veth pair:
 * for one call.
 */
public final class Wiring implements AutoCloseable {

    private static final int ATTEMPTS = 10;

    /** Milliseconds between looks; mostly the first look is enough. */
    private static final int[] CARRIER_PAUSES = {1, 2, 5, 10, 32, 500, 1000, 1000, 0};

    private final PluginHost host;
    private final HostEngines.Lease lease;
    private final RtNetlink netlink;
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

    /** The one socket in the container that a call opens. */
    private RtNetlink inside(Netns container) throws IOException {
        if (inside.isEmpty()) {
            inside = Optional.of(RtNetlink.open(container));
        }
        return inside.get();
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
                return new Made(veth, state, engine(container).apply(state));
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
     * Removes an attachment as far as it is there: its pair, found by name and mark on the host so
     * that the container's namespace is not needed; failing that, whatever bears the interface's
     * name in the container, as the reference plugins do.
     *
     * @param name of the host's end, if the configuration chooses it
     * @param netns path of the container's namespace; may be empty or lead nowhere
     * @param rules on the host
     */
    public void detach(
            Attachment attachment, Optional<String> name, String netns, List<Resource> rules)
            throws CniException {
        String hostName = name.orElse(attachment.hostVethName(0));
        DesiredState.Builder state = pair(attachment.owner(), hostName, attachment.ifName());
        rules.forEach(state::host);
        // The container's end first: behind the deletion of the host's it would wait for the
        // kernel.
        OptionalInt hidden = hideContainerEnd(attachment.ifName(), netns);
        try {
            Applied applied = engine().remove(state.build());
            if (hidden.isPresent() && !hasRemoved(applied, hostName)) {
                inside.orElseThrow().execute(Links.delete(hidden.getAsInt()));
            }
        } catch (IOException e) {
            throw Failures.of("failed to remove \"" + hostName + "\" on the host", e);
        }
    }

    private static boolean hasRemoved(Applied applied, String hostName) {
        for (Step step : applied.steps()) {
            if (step instanceof Step.Remove
                    && step.resource().key().equals(new Link.Key(hostName))) {
                return true;
            }
        }
        return false;
    }

    private static DesiredState.Builder pair(String owner, String hostName, String ifName) {
        return DesiredState.builder()
                .host(Link.veth(hostName, LinkRef.container(ifName)).owner(owner).build())
                .container(Link.veth(ifName, LinkRef.host(hostName)).owner(owner).build());
    }

    /**
     * Takes the container's end out of sight: one of ours by its name, since the pair goes as one
     * with the host's end; another's by deleting it.
     *
     * @return the index of what is only hidden; empty if there is nothing left to delete
     */
    private OptionalInt hideContainerEnd(String ifName, String netns) throws CniException {
        if (netns.isEmpty()) {
            return OptionalInt.empty();
        }
        try (Netns container = host.openNetns(netns)) {
            Optional<dev.kakehashi.linux.rtnetlink.Link> found = inside(container).link(ifName);
            if (found.isEmpty()) {
                return OptionalInt.empty();
            }
            int index = found.get().index();
            if (!Ownership.isOurAlias(found.get().alias())) {
                inside(container).execute(Links.delete(index));
                return OptionalInt.empty();
            }
            inside(container)
                    .execute(
                            Links.change(index, LinkSpec.builder().up(false).build()),
                            Links.change(
                                    index,
                                    LinkSpec.builder()
                                            .name(Ownership.REAP_PREFIX + index)
                                            .build()));
            return OptionalInt.of(index);
        } catch (NetlinkException e) {
            if (!e.is(Errno.ENODEV)) {
                throw Failures.of("failed to delete \"" + ifName + "\"", e);
            }
        } catch (LinuxException e) {
            if (!isGone(e)) {
                throw Failures.netns(netns, e);
            }
        } catch (IOException e) {
            throw Failures.of("failed to delete \"" + ifName + "\"", e);
        }
        return OptionalInt.empty();
    }

    /**
     * Also a file that was a namespace once, until it was unmounted, is a namespace that is gone.
     */
    private static boolean isGone(LinuxException e) {
        return e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.EINVAL);
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

    /**
     * Removes the pairs of a network's attachments that are not valid any more.
     *
     * @return the names of the host's links that stay
     */
    public Set<String> collect(String network, List<CniAttachment> valid) throws CniException {
        Set<String> living = new HashSet<>();
        for (CniAttachment attachment : valid) {
            living.add(Ownership.alias(Attachment.of(network, attachment).owner()));
        }
        String ofNetwork = Ownership.alias(network + "/");
        Set<String> staying = new HashSet<>();
        List<String> failures = new ArrayList<>();
        try {
            for (var link : netlink.links()) {
                if (!link.alias().startsWith(ofNetwork) || living.contains(link.alias())) {
                    staying.add(link.name());
                    continue;
                }
                String owner = Ownership.ownerOf(link.alias());
                try {
                    engine().remove(pair(owner, link.name(), "gone").build());
                } catch (IOException e) {
                    failures.add(link.name() + ": " + e.getMessage());
                }
            }
        } catch (IOException e) {
            throw Failures.of("failed to list the host's links", e);
        }
        if (!failures.isEmpty()) {
            throw new CniException(
                    CniException.INTERNAL, "failed to remove " + String.join("; ", failures));
        }
        return staying;
    }

    /** Ends the call. */
    @Override
    public void close() {
        inside.ifPresent(RtNetlink::close);
        lease.close();
    }
}
