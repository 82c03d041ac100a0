package dev.kakehashi.agent.attach;

import dev.kakehashi.agent.pods.PodMtuTurn;
import dev.kakehashi.agent.pods.PodNamespaces;
import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonNumber;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.plugin.ProcessDelegator;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Uninterruptibly;
import dev.kakehashi.linux.netlink.PeerNetnsMonitor;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.RtnetlinkGroup;
import dev.kakehashi.linux.rtnetlink.Veth;
import dev.kakehashi.plugins.veth.VethPlugin;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.engine.Healing;

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
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
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

    /** For what will hardly be another soon. */
    private static final Duration LATER = Duration.ofSeconds(10);

    /** How long the memory of attachments that are gone is kept at least. */
    private static final Duration MEMORY = Duration.ofMinutes(5);

    private static final Duration TURN_PATIENCE = Duration.ofMillis(20);

    /** What of the host's end tells that somebody has changed it. */
    private record Seen(String alias, boolean up, int master, int mtu, int parent, int nsid) {
        static Seen of(Link end) {
            return new Seen(
                    end.alias(), end.isUp(), end.master(), end.mtu(), end.parent(), numberOf(end));
        }
    }

    private final PluginRegistry registry;
    private final NodeState state;
    private final OwnProcess own;
    private final PodMtuTurn podMtus;
    private final RtNetlink host;
    private final PodNamespaces namespaces;
    private final PeerNetnsMonitor monitor;
    private final Thread thread;
    private final LookAgenda agenda = new LookAgenda(System::nanoTime);
    private final AttachmentEar ear = new AttachmentEar(agenda);
    private final LookBudget budget = new LookBudget(System.nanoTime());

    private final Map<Integer, Seen> seen = new HashMap<>();
    private final Set<Integer> unrecorded = new HashSet<>();
    private final RestoredAttachments told = new RestoredAttachments();
    private long lastForgotten = System.nanoTime() - MEMORY.toNanos();

    private AttachmentKeeper(
            PluginRegistry registry, NodeState state, OwnProcess own, PodMtuTurn podMtus)
            throws LinuxException {
        this.registry = registry;
        this.state = state;
        this.own = own;
        this.podMtus = podMtus;
        this.host = RtNetlink.open(own.netns());
        this.namespaces = new PodNamespaces(host);
        try {
            this.monitor =
                    PeerNetnsMonitor.start(
                            own.netns(),
                            AttachmentEar.GROUPS.stream().map(RtnetlinkGroup::number).toList(),
                            ear);
        } catch (LinuxException e) {
            host.close();
            throw e;
        }
        this.thread = Thread.ofPlatform().daemon().name("attachments").unstarted(this::run);
        thread.start();
    }

    /**
     * Begins; everything that is there is looked at first.
     *
     * @param podMtus shared with whoever else of this process changes MTUs of pods
     */
    static AttachmentKeeper start(
            PluginRegistry registry, NodeState state, OwnProcess own, PodMtuTurn podMtus)
            throws LinuxException {
        return new AttachmentKeeper(registry, state, own, podMtus);
    }

    private void run() {
        try {
            Optional<LookAgenda.Due> due = agenda.await();
            while (due.isPresent()) {
                try {
                    look(due.get());
                } catch (IOException | RuntimeException e) {
                    LOG.log(Level.WARNING, "cannot look at attachments, trying again", e);
                    // What was heard is forgotten.
                    agenda.all();
                    Thread.sleep(PAUSE);
                }
                due = agenda.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(LookAgenda.Due due) throws IOException {
        if (due.all() || System.nanoTime() - lastForgotten > MEMORY.toNanos()) {
            List<Link> ends = host.links().stream().filter(AttachmentKeeper::isEnd).toList();
            forgetOthers(ends);
            if (due.all()) {
                ends.forEach(this::lookAt);
                return;
            }
        }
        Set<Integer> concerned = new HashSet<>(due.links());
        seen.forEach((index, end) -> {
            if (due.namespaces().contains(end.nsid())) {
                concerned.add(index);
            }
        });
        Set<Integer> all = new HashSet<>(concerned);
        all.addAll(due.ends());
        for (int index : all) {
            Optional<Link> end = host.link(index).filter(AttachmentKeeper::isEnd);
            if (end.isEmpty()) {
                forget(index);
            } else if (concerned.contains(index) || !Seen.of(end.get()).equals(seen.get(index))) {
                lookAt(end.get());
            }
        }
    }

    /** Whether it is the host's end of a pair that we have made. */
    private static boolean isEnd(Link link) {
        return Ownership.isOurAlias(link.alias())
                && !Ownership.isOnItsWayOut(link.group())
                && link.kind().filter(Veth.class::isInstance).isPresent()
                && link.parentNetnsId().isPresent();
    }

    private static int numberOf(Link end) {
        return end.parentNetnsId().orElseThrow();
    }

    private void forget(int index) {
        Seen gone = seen.remove(index);
        unrecorded.remove(index);
        agenda.forgetLink(index);
        if (gone != null) {
            forgetUnused(gone.nsid());
        }
    }

    /** A pod may have several pairs. */
    private void forgetUnused(int nsid) {
        if (seen.values().stream().noneMatch(end -> end.nsid() == nsid)) {
            namespaces.forget(nsid);
            agenda.forgetNamespace(nsid);
        }
    }

    private void forgetOthers(List<Link> ends) throws IOException {
        Set<Integer> living = ends.stream().map(Link::index).collect(Collectors.toSet());
        for (int index : Set.copyOf(seen.keySet())) {
            if (!living.contains(index)) {
                forget(index);
            }
        }
        if (System.nanoTime() - lastForgotten > MEMORY.toNanos()) {
            lastForgotten = System.nanoTime();
            Set<String> owners =
                    ends.stream()
                            .map(end -> Ownership.ownerOf(end.alias()))
                            .collect(Collectors.toSet());
            told.retain(owners);
            state.records().retain(owners);
        }
    }

    private void lookAt(Link end) {
        if (agenda.isClosed()) {
            return;
        }
        Seen before = seen.put(end.index(), Seen.of(end));
        if (before != null) {
            forgetUnused(before.nsid());
        }
        agenda.looked(end.index(), numberOf(end));
        long began = System.nanoTime();
        try {
            look(end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            // The others are looked at all the same.
            agenda.again(end.index(), PAUSE);
            told.cannot(Ownership.ownerOf(end.alias()), String.valueOf(e));
        }
        long ended = System.nanoTime();
        budget.spend(began, ended);
        LockSupport.parkNanos(this, budget.pause(ended));
    }

    private void look(Link end) throws IOException, InterruptedException {
        String owner = Ownership.ownerOf(end.alias());
        Optional<AttachmentRecord> known = state.records().find(owner);
        if (known.isEmpty()) {
            // It is written behind the answer of an ADD that may take long.
            if (unrecorded.add(end.index())) {
                agenda.again(end.index(), LATER);
            }
            return;
        }
        if (told.isQuarrel(owner)) {
            agenda.again(end.index(), PAUSE);
            return;
        }
        // The turn of the container last, since calls wait for it.
        Optional<PodMtuTurn.Turn> mtus = podMtus.take(TURN_PATIENCE);
        if (mtus.isEmpty()) {
            agenda.again(end.index(), PAUSE);
            return;
        }
        try (PodMtuTurn.Turn _ = mtus.get();
                AttachmentLocks.Turn _ =
                        state.locks()
                                .container(known.get().containerId(), Deadline.in(TURN_PATIENCE))) {
            // It may have been deleted before the turn was ours, or have another MTU now.
            Optional<AttachmentRecord> record = state.records().find(owner);
            Optional<Link> now =
                    host.link(end.index())
                            .filter(AttachmentKeeper::isEnd)
                            .filter(link -> link.alias().equals(end.alias()));
            if (record.isPresent() && now.isPresent()) {
                ear.watchGateways(record.get().gateways());
                namespaces.suggest(numberOf(now.get()), record.get().netns());
                told.tell(owner, restore(record.get(), now.get()));
            }
        } catch (BusyException e) {
            agenda.again(end.index(), PAUSE);
        } catch (CniException e) {
            agenda.again(end.index(), LATER);
            told.cannot(owner, String.valueOf(e.getMessage()));
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
        agenda.close();
        LockSupport.unpark(thread);
        Uninterruptibly.join(thread);
        try {
            monitor.close();
        } catch (LinuxException e) {
            LOG.log(Level.DEBUG, "cannot stop listening", e);
        }
        host.close();
    }
}
