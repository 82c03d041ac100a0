package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.ListChange;
import dev.kakehashi.cluster.carrier.Peer;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.Uninterruptibly;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.packet.EchoSocket;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Knows to which peers the path carries less than this node's own underlay does. Each is asked when
 * it comes, when it or this node changes its MTU, and from time to time: with one packet where the
 * path carries all. On a thread of its own; thread-safe.
 *
 * <p>Who does not answer at all says nothing of the path: what was known of it stays.
 */
final class PathMtus implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /**
     * As many answers of the largest size as a socket surely holds; and with the pause fewer new
     * neighbours in five seconds than the kernel's table has room for (net.ipv4.neigh.default,
     * gc_thresh3, 1024), in which it keeps such for that long.
     */
    private static final int BATCH = 32;

    private static final long PAUSE_MILLIS = 250;

    /**
     * Between two questions.
     *
     * @param wide where the path carried all, or nothing was heard
     * @param narrow where it is narrow
     */
    record Intervals(Duration wide, Duration narrow) {
        /** A packet for each peer now and then. */
        static final Intervals USUAL = new Intervals(Duration.ofMinutes(5), Duration.ofMinutes(1));
    }

    /** A path that is narrow. */
    record Narrow(String peer, InetAddress address, int octets) {}

    /** Who is asked, and what it says of itself: when that changes, the path may have. */
    private record Target(String peer, InetAddress address, OptionalInt podMtu) {}

    private final Netns host;
    private final Intervals intervals;
    private final Runnable changed;
    private final Thread thread;
    private final SplittableRandom random = new SplittableRandom();
    private Optional<Underlay> underlay = Optional.empty();
    private List<Peer> followed = List.of();
    private final Map<InetAddress, Target> targets = new HashMap<>();
    private final Map<InetAddress, Long> due = new HashMap<>();
    private Map<InetAddress, Integer> narrow = Map.of();
    private boolean closed;

    /**
     * Nobody is asked yet.
     *
     * @param host the node's namespace; lent
     * @param changed told when a path is another than before; must not wait
     */
    PathMtus(Netns host, Intervals intervals, Runnable changed) {
        this.intervals = intervals;
        this.host = host;
        this.changed = changed;
        this.thread = Thread.ofPlatform().daemon().name("paths").unstarted(this::run);
        thread.start();
    }

    /** Whose paths count from now on. */
    synchronized void follow(Underlay now, List<Peer> peers) {
        boolean moved = !underlay.equals(Optional.of(now));
        underlay = Optional.of(now);
        // Mostly one of thousands comes or goes, and the others are the same objects.
        ListChange<Peer> change = ListChange.between(moved ? List.of() : followed, peers);
        followed = peers;
        Set<InetAddress> gone = moved ? new HashSet<>(targets.keySet()) : new HashSet<>();
        change.gone().forEach(peer -> peer.endpoints().forEach(end -> gone.add(end.underlay())));
        for (Peer peer : change.come()) {
            for (Peer.Endpoint end : peer.endpoints()) {
                Target target = new Target(peer.name(), end.underlay(), peer.podMtu());
                gone.remove(target.address());
                Target before = targets.put(target.address(), target);
                if (moved || !target.equals(before)) {
                    due.put(target.address(), System.nanoTime());
                }
            }
        }
        targets.keySet().removeAll(gone);
        due.keySet().removeAll(gone);
        Map<InetAddress, Integer> kept = new HashMap<>(narrow);
        kept.entrySet()
                .removeIf(path ->
                        !targets.containsKey(path.getKey()) || path.getValue() >= now.mtu());
        narrow = Map.copyOf(kept);
        notifyAll();
    }

    /** Octets that a packet may have on the way to an underlay address, where it is narrow. */
    synchronized Map<InetAddress, Integer> narrow() {
        return narrow;
    }

    /** The same for people, by the names of peers. */
    synchronized List<Narrow> told() {
        List<Narrow> told = new ArrayList<>();
        narrow.forEach((address, octets) ->
                Optional.ofNullable(targets.get(address))
                        .ifPresent(target -> told.add(new Narrow(target.peer(), address, octets))));
        told.sort(Comparator.comparing(Narrow::peer));
        return told;
    }

    private record Batch(Underlay underlay, boolean ipv4, List<Target> targets) {}

    private void run() {
        try {
            while (true) {
                Optional<Batch> batch = next();
                if (batch.isEmpty()) {
                    return;
                }
                try {
                    note(batch.get(), measured(batch.get()));
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.ERROR, "defect in the measuring of paths", e);
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                }
                if (batch.get().targets().size() == BATCH) {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Who is due longest, with others of the family; waits for somebody. Empty when all is over.
     */
    private synchronized Optional<Batch> next() throws InterruptedException {
        while (!closed) {
            long now = System.nanoTime();
            Optional<Map.Entry<InetAddress, Long>> first =
                    due.entrySet().stream()
                            .min(Comparator.comparingLong(entry -> entry.getValue() - now));
            long wait =
                    first.map(entry -> entry.getValue() - now).orElse(intervals.wide().toNanos());
            if (first.isPresent() && wait <= 0 && underlay.isPresent()) {
                boolean ipv4 = isIpv4(first.get().getKey());
                List<Target> some =
                        due.entrySet().stream()
                                .filter(entry -> entry.getValue() - now <= 0)
                                .map(Map.Entry::getKey)
                                .filter(address -> isIpv4(address) == ipv4)
                                .flatMap(address ->
                                        Optional.ofNullable(targets.get(address)).stream())
                                .limit(BATCH)
                                .toList();
                // Who changes meanwhile is due again.
                some.forEach(target -> due.put(target.address(), later(intervals.narrow())));
                return Optional.of(new Batch(underlay.get(), ipv4, some));
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(wait, 1_000_000));
        }
        return Optional.empty();
    }

    private static boolean isIpv4(InetAddress address) {
        return IpPrefix.host(address).isIpv4();
    }

    /** Not all nodes at the same moment. */
    private long later(Duration interval) {
        long nanos = interval.toNanos();
        return System.nanoTime() + nanos - random.nextLong(nanos / 5);
    }

    private Map<InetAddress, Integer> measured(Batch batch) {
        Optional<InetAddress> own = batch.underlay().address(batch.ipv4());
        if (own.isEmpty()) {
            return Map.of();
        }
        try (RtNetlink kernel = RtNetlink.open(host);
                EchoSocket socket = EchoSocket.open(host, own.get(), random.nextInt())) {
            Optional<Link> link = kernel.link(batch.underlay().device());
            return link.isEmpty()
                    ? Map.of()
                    : new PathProbe(
                                    socket,
                                    batch.ipv4(),
                                    link.get().index(),
                                    batch.underlay().mtu(),
                                    this::isClosed)
                            .measure(
                                    batch.targets().stream().map(Target::address).toList(),
                                    narrow());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot measure paths", e);
            return Map.of();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void note(Batch batch, Map<InetAddress, Integer> measured) {
        boolean another = false;
        synchronized (this) {
            if (!underlay.equals(Optional.of(batch.underlay()))) {
                return; // what was measured is over
            }
            Map<InetAddress, Integer> next = new HashMap<>(narrow);
            for (Target target : batch.targets()) {
                Integer octets = measured.get(target.address());
                if (!target.equals(targets.get(target.address()))) {
                    continue;
                }
                if (octets == null) {
                    due.put(target.address(), later(intervals.wide()));
                    continue;
                }
                boolean wide = octets >= batch.underlay().mtu();
                Integer before =
                        wide ? next.remove(target.address()) : next.put(target.address(), octets);
                if (wide) {
                    due.put(target.address(), later(intervals.wide()));
                }
                if (wide ? before != null : !octets.equals(before)) {
                    another = true;
                    tell(batch.underlay(), target, octets);
                }
            }
            narrow = Map.copyOf(next);
        }
        if (another) {
            changed.run();
        }
    }

    private static void tell(Underlay underlay, Target target, int octets) {
        boolean wide = octets >= underlay.mtu();
        LOG.log(
                wide ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                wide
                        ? "the path to {0} ({1}) carries {2} octets now, as {3} does"
                        : "the path to {0} ({1}) carries {2} octets only, of the {4} that {3} sends",
                target.peer(),
                IpAddresses.format(target.address()),
                Integer.toString(octets),
                underlay.device(),
                Integer.toString(underlay.mtu()));
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        Uninterruptibly.join(thread);
    }
}
