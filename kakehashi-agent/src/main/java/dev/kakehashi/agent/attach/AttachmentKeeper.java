package dev.kakehashi.agent.attach;

import dev.kakehashi.agent.pods.PodNamespaces;
import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonNumber;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.plugin.ProcessDelegator;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.PeerNetnsMonitor;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Neighbours;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.RtnetlinkGroup;
import dev.kakehashi.linux.rtnetlink.Veth;
import dev.kakehashi.plugins.veth.VethPlugin;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.engine.Healing;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Puts right what others change of attachments that have a record: of the pod's own side and of the
 * pair. A socket in the host's namespace hears what happens in those of pods; each is entered for
 * the moment of a look, in the turn of its container. On a thread of its own.
 *
 * <p>The MTU is that which the host's end has: who keeps the network decides it.
 */
final class AttachmentKeeper implements AutoCloseable {
    private static final Logger LOG = System.getLogger(AttachmentKeeper.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(400);

    /** What comes together is looked at together. */
    private static final Duration GATHERING = Duration.ofMillis(30);

    private static final Duration CAUTION = Duration.ofMinutes(5);
    private static final Duration TURN_PATIENCE = Duration.ofMillis(20);

    private static final Set<RtnetlinkGroup> GROUPS =
            Set.of(
                    RtnetlinkGroup.LINK,
                    RtnetlinkGroup.NEIGHBOUR,
                    RtnetlinkGroup.IPV4_ADDRESS,
                    RtnetlinkGroup.IPV6_ADDRESS,
                    RtnetlinkGroup.IPV4_ROUTE,
                    RtnetlinkGroup.IPV6_ROUTE);

    // linux/rtnetlink.h. New neighbours come, and change, all the time.
    private static final int RTM_DELROUTE = 25;
    private static final int RTM_NEWNEIGH = 28;
    private static final int RTM_DELNEIGH = 29;

    /** What of the host's end tells that somebody has changed it. */
    private record Seen(
            String alias, boolean up, int master, int mtu, int parent, OptionalInt nsid) {
        static Seen of(Link end) {
            return new Seen(
                    end.alias(),
                    end.isUp(),
                    end.master(),
                    end.mtu(),
                    end.parent(),
                    end.parentNetnsId());
        }
    }

    private record Looked(Seen seen, long atNanos) {}

    private final PluginRegistry registry;
    private final NodeState state;
    private final OwnProcess own;
    private final RtNetlink host;
    private final PodNamespaces namespaces;
    private final PeerNetnsMonitor monitor;
    private final Thread thread;
    private final Map<Integer, Looked> looked = new HashMap<>();
    private final RestoredAttachments told = new RestoredAttachments();
    private final Set<Integer> namespacesChanged = new HashSet<>();
    private final Set<Integer> linksChanged = new HashSet<>();
    private long lastForgotten = System.nanoTime() - CAUTION.toNanos();
    private boolean all;
    private boolean closed;

    private AttachmentKeeper(PluginRegistry registry, NodeState state, OwnProcess own)
            throws LinuxException {
        this.registry = registry;
        this.state = state;
        this.own = own;
        this.host = RtNetlink.open(own.netns());
        this.namespaces = new PodNamespaces(host);
        try {
            this.monitor =
                    PeerNetnsMonitor.start(
                            own.netns(),
                            GROUPS.stream().map(RtnetlinkGroup::number).toList(),
                            new Ear());
        } catch (LinuxException e) {
            host.close();
            throw e;
        }
        this.thread = Thread.ofPlatform().daemon().name("attachments").unstarted(this::run);
        thread.start();
    }

    /** Begins; everything that is there is looked at first. */
    static AttachmentKeeper start(PluginRegistry registry, NodeState state, OwnProcess own)
            throws LinuxException {
        return new AttachmentKeeper(registry, state, own);
    }

    /** What happens in pods, and to what hangs on the host's ends of their pairs. */
    private final class Ear implements PeerNetnsMonitor.Listener {
        @Override
        public void happened(int nsid, int type) {
            if (type != RTM_NEWNEIGH) {
                changedIn(nsid);
            }
        }

        @Override
        public void happenedHere(NetlinkMessage message) throws MalformedMessageException {
            Set<Integer> links = new HashSet<>();
            if (message.type() == RTM_DELROUTE) {
                Routes.decode(message)
                        .ifPresent(route -> route.nextHops().forEach(hop -> links.add(hop.link())));
            } else if (message.type() == RTM_DELNEIGH) {
                Neighbours.decode(message).ifPresent(entry -> links.add(entry.link()));
            }
            changedAt(links);
        }

        @Override
        public void lost() {
            changedAll();
        }
    }

    private synchronized void changedIn(int nsid) {
        namespacesChanged.add(nsid);
        notifyAll();
    }

    /** Wakes nobody: most of it is about links of others, and the next look is soon. */
    private synchronized void changedAt(Set<Integer> links) {
        linksChanged.addAll(links);
    }

    private synchronized void changedAll() {
        all = true;
        notifyAll();
    }

    private void run() {
        try {
            while (true) {
                await();
                Thread.sleep(GATHERING);
                Optional<Changes> changed = next();
                if (changed.isEmpty()) {
                    return;
                }
                try {
                    look(changed.get());
                } catch (IOException | RuntimeException e) {
                    LOG.log(Level.WARNING, "cannot look at attachments, trying again", e);
                    // What was heard is forgotten.
                    changedAll();
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Numbers of namespaces and indexes of links where something happened. */
    private record Changes(Set<Integer> namespaces, Set<Integer> links) {
        boolean concern(Link end) {
            return links.contains(end.index())
                    || namespaces.contains(end.parentNetnsId().orElseThrow());
        }
    }

    /** Waits a while, or for news from a pod. */
    private synchronized void await() throws InterruptedException {
        long end = System.nanoTime() + PAUSE.toNanos();
        while (!closed && namespacesChanged.isEmpty() && !all) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** What is new; empty when all is over. */
    private synchronized Optional<Changes> next() {
        if (all) {
            looked.clear();
            all = false;
        }
        Changes changes = new Changes(Set.copyOf(namespacesChanged), Set.copyOf(linksChanged));
        namespacesChanged.clear();
        linksChanged.clear();
        return closed ? Optional.empty() : Optional.of(changes);
    }

    private void look(Changes changes) throws IOException {
        List<Link> ends =
                host.links().stream()
                        .filter(link ->
                                Ownership.isOurAlias(link.alias())
                                        && link.kind().filter(Veth.class::isInstance).isPresent()
                                        && link.parentNetnsId().isPresent())
                        .toList();
        looked.keySet().retainAll(ends.stream().map(Link::index).collect(Collectors.toSet()));
        forget(ends);
        List<Link> due =
                ends.stream()
                        .filter(end ->
                                changes.concern(end) || !stands(looked.get(end.index()), end))
                        .toList();
        if (due.isEmpty()) {
            return;
        }
        namespaces.find(
                due.stream()
                        .map(end -> end.parentNetnsId().orElseThrow())
                        .collect(Collectors.toSet()));
        for (Link end : due) {
            try {
                look(end);
            } catch (IOException | RuntimeException e) {
                // The others are looked at all the same.
                LOG.log(
                        Level.WARNING,
                        () -> Ownership.ownerOf(end.alias()) + " cannot be looked at, trying again",
                        e);
            }
        }
    }

    private void forget(List<Link> ends) throws IOException {
        if (System.nanoTime() - lastForgotten > CAUTION.toNanos()) {
            lastForgotten = System.nanoTime();
            Set<String> owners =
                    ends.stream()
                            .map(end -> Ownership.ownerOf(end.alias()))
                            .collect(Collectors.toSet());
            told.retain(owners);
            state.records().retain(owners);
        }
    }

    private static boolean stands(@Nullable Looked before, Link end) {
        return before != null
                && before.seen().equals(Seen.of(end))
                && System.nanoTime() - before.atNanos() < CAUTION.toNanos();
    }

    private void look(Link end) throws IOException {
        String owner = Ownership.ownerOf(end.alias());
        looked.put(end.index(), new Looked(Seen.of(end), System.nanoTime()));
        Optional<AttachmentRecord> known = state.records().find(owner);
        if (known.isEmpty()) {
            return;
        }
        if (told.isQuarrel(owner)) {
            looked.remove(end.index()); // when it is over
            return;
        }
        try (AttachmentLocks.Turn _ =
                state.locks().container(known.get().containerId(), Deadline.in(TURN_PATIENCE))) {
            // It may have been deleted before the turn was ours.
            Optional<AttachmentRecord> record = state.records().find(owner);
            if (record.isPresent()) {
                told.tell(owner, restore(record.get(), end));
            }
        } catch (BusyException e) {
            looked.remove(end.index()); // soon again
        } catch (CniException e) {
            LOG.log(Level.DEBUG, "{0} cannot be looked at: {1}", owner, e.getMessage());
        }
    }

    private Healing restore(AttachmentRecord record, Link end) throws CniException {
        Optional<VethPlugin<?>> plugin =
                registry.find(record.plugin(), new PodHost(own.netns(), namespaces, end))
                        .filter(VethPlugin.class::isInstance)
                        .map(found -> (VethPlugin<?>) found);
        if (plugin.isEmpty()) {
            return new Healing(List.of(), List.of(), List.of());
        }
        JsonObject config =
                record.config()
                        .with("mtu", JsonNumber.of(end.mtu()))
                        .with("prevResult", record.result());
        PluginRequest request =
                PluginRequest.of(
                        CniCommand.CHECK,
                        record.variables(),
                        config,
                        ProcessDelegator.create(),
                        new PrintStream(
                                OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        return plugin.get().restore(request, end.name());
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join();
            monitor.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (LinuxException e) {
            LOG.log(Level.DEBUG, "cannot stop listening", e);
        }
        host.close();
    }
}
