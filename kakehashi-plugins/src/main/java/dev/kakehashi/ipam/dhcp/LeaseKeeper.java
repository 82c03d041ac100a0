package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.ipam.LeaseTerm;
import dev.kakehashi.linux.BootClock;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Gets leases, keeps them as long as their interfaces are there, and gives them back. One for a
 * process; used by several threads at once.
 */
public final class LeaseKeeper implements AutoCloseable {

    private final InstantSource clock;
    private final Servers servers;
    private final Alarm alarm = new Alarm();
    private final Map<Holding.Key, Kept> kept = new ConcurrentHashMap<>();

    private LeaseKeeper(InstantSource clock, Servers servers) {
        this.clock = clock;
        this.servers = servers;
    }

    /** A keeper as patient as the reference plugin. It does nothing before it has a lease. */
    public static LeaseKeeper create() {
        return create(Retry.DEFAULT, false);
    }

    static LeaseKeeper create(Retry retry, boolean broadcast) {
        return create(retry, broadcast, new BootClock());
    }

    static LeaseKeeper create(Retry retry, boolean broadcast, InstantSource clock) {
        return new LeaseKeeper(
                clock, new Servers(clock, () -> Secure.RANDOM.nextLong(), retry, broadcast));
    }

    /** Made when it is first used: a process that keeps no lease starts without it. */
    private static final class Secure {
        static final RandomGenerator RANDOM = new SecureRandom();
    }

    /**
     * As {@link #create()}, with other limits.
     *
     * @param request the longest wait for one answer
     * @param resendMax the longest pause between messages
     * @param resendTimeout after which it gives up
     * @param broadcast whether servers must answer by broadcast
     */
    public static LeaseKeeper create(
            Duration request, Duration resendMax, Duration resendTimeout, boolean broadcast) {
        return create(new Retry(request, resendMax, resendTimeout), broadcast);
    }

    /**
     * Goes on keeping the leases that an earlier process has left, of containers that are there.
     * Those of others stay on file for DEL and GC.
     *
     * @param directory where their files are
     * @throws IOException when it cannot be read
     */
    public void resume(Path directory) throws IOException {
        LeaseFiles files = new LeaseFiles(directory);
        for (Holding holding : files.all()) {
            Optional<Home> home = Home.find(holding.place());
            if (home.isPresent()) {
                keep(new Kept(holding, home.get(), files));
            } else {
                log().log(
                                Level.INFO,
                                "{0}: its lease of {1} is not renewed: no namespace of it at \"{2}\" or in"
                                        + " a process",
                                holding.attachment().owner(),
                                IpAddresses.format(holding.address()),
                                holding.place().path());
            }
        }
    }

    /** Whether there is a lease to be kept. */
    public boolean isBusy() {
        return !kept.isEmpty();
    }

    /** A lease, its container and its file. */
    private static final class Kept {
        private final Home home;
        private final LeaseFiles files;
        private Holding holding;
        private boolean ended;

        Kept(Holding holding, Home home, LeaseFiles files) {
            this.holding = holding;
            this.home = home;
            this.files = files;
        }
    }

    private void keep(Kept entry) {
        Kept before = kept.put(entry.holding.key(), entry);
        if (before != null) {
            end(before);
        }
        schedule(entry, false);
    }

    private void end(Kept entry) {
        synchronized (entry) {
            if (!entry.ended) {
                entry.ended = true;
                entry.home.close();
            }
        }
    }

    /** The servers of the containers' networks. */
    Servers servers() {
        return servers;
    }

    /** Time as leases are counted in. */
    InstantSource clock() {
        return clock;
    }

    /** Gets a lease. */
    @FunctionalInterface
    interface Asking {
        /**
         * Asks servers.
         *
         * @param link the interface, which is up
         */
        Holding ask(Netns netns, Link link) throws CniException, IOException;
    }

    /**
     * Gets a lease, or returns the one that the attachment has.
     *
     * @param home becomes owned
     */
    Holding acquire(Holding.Key key, Home home, LeaseFiles files, Asking asking)
            throws CniException {
        String ifName = key.attachment().ifName();
        Optional<Holding> there = find(key, files);
        if (there.isPresent()
                && Renewal.phase(there.get().lease(), clock.instant()) != Renewal.Phase.EXPIRED) {
            if (kept.containsKey(key)) {
                home.close();
            } else {
                keep(new Kept(there.get(), home, files));
            }
            return there.get();
        }
        try {
            Holding holding;
            try (Netns netns = home.open()) {
                holding = asking.ask(netns, LeasedLink.up(netns, ifName));
            }
            files.save(holding);
            keep(new Kept(holding, home, files));
            return holding;
        } catch (IOException e) {
            home.close();
            throw Failures.of("error calling DHCP.Allocate: \"" + ifName + "\"", e);
        } catch (CniException | RuntimeException e) {
            home.close();
            throw e;
        }
    }

    /** The lease of an attachment, also one that an earlier process has got. */
    Optional<Holding> find(Holding.Key key, LeaseFiles files) throws CniException {
        Kept entry = kept.get(key);
        if (entry != null) {
            synchronized (entry) {
                return Optional.of(entry.holding);
            }
        }
        try {
            return files.find(key);
        } catch (IOException e) {
            throw Failures.of("failed to read the lease", e);
        }
    }

    /** What a lease is, at this moment. */
    Renewal.Phase phase(LeaseTerm lease) {
        return Renewal.phase(lease, clock.instant());
    }

    /** Gives a lease back; does nothing when there is none. */
    void release(Holding.Key key, LeaseFiles files) throws CniException {
        Optional<Holding> holding = find(key, files);
        Kept entry = kept.remove(key);
        if (holding.isEmpty()) {
            return;
        }
        try {
            if (entry != null) {
                synchronized (entry) {
                    tellServer(entry.holding, entry.home);
                }
                end(entry);
                entry.files.remove(key);
            } else {
                Optional<Home> home = Home.find(holding.get().place());
                home.ifPresent(found -> tellServer(holding.get(), found));
            }
            files.remove(key);
        } catch (IOException e) {
            throw Failures.of("failed to forget the lease", e);
        }
    }

    private void tellServer(Holding holding, Home home) {
        try (Netns netns = home.open();
                RtNetlink netlink = RtNetlink.open(netns)) {
            Optional<Link> link = netlink.link(holding.attachment().ifName());
            if (link.isPresent()) {
                servers.release(holding, netns, link.get().index());
            }
        } catch (IOException e) {
            // The interface is gone: the server takes the address back when the lease is over.
            log().log(
                            Level.DEBUG,
                            "{0}: not released: {1}",
                            holding.attachment().owner(),
                            e.getMessage());
        }
    }

    /** Gives back the leases of a network that belong to no valid attachment. */
    void collect(String network, List<CniAttachment> valid, LeaseFiles files) throws CniException {
        Set<Attachment> living = new HashSet<>();
        for (CniAttachment attachment : valid) {
            living.add(Attachment.of(network, attachment));
        }
        List<Holding.Key> stale = new ArrayList<>();
        try {
            for (Holding holding : files.all()) {
                if (holding.attachment().network().equals(network)
                        && !living.contains(holding.attachment())) {
                    stale.add(holding.key());
                }
            }
        } catch (IOException e) {
            throw Failures.of("failed to read the leases", e);
        }
        for (Holding.Key key : stale) {
            release(key, files);
        }
    }

    private void schedule(Kept entry, boolean tried) {
        synchronized (entry) {
            if (!entry.ended) {
                Instant now = clock.instant();
                LeaseTerm lease = entry.holding.lease();
                boolean due = !tried && Renewal.phase(lease, now) != Renewal.Phase.BOUND;
                Instant next = due ? now : Renewal.next(lease, now);
                alarm.in(Duration.between(now, next), () -> renew(entry));
            }
        }
    }

    private void renew(Kept entry) {
        Attachment attachment = entry.holding.attachment();
        try {
            synchronized (entry) {
                if (entry.ended) {
                    return;
                }
                if (!tryToRenew(entry)) {
                    kept.remove(entry.holding.key(), entry);
                    end(entry);
                    entry.files.remove(entry.holding.key());
                    return;
                }
            }
        } catch (IOException | RuntimeException e) {
            log().log(
                            Level.WARNING,
                            "{0}: cannot renew its lease: {1}",
                            attachment.owner(),
                            e.getMessage());
        }
        schedule(entry, true);
    }

    /** Whether there is still something to be kept. */
    private boolean tryToRenew(Kept entry) throws IOException {
        Holding holding = entry.holding;
        Renewal.Phase phase = Renewal.phase(holding.lease(), clock.instant());
        try (Netns netns = entry.home.open();
                RtNetlink netlink = RtNetlink.open(netns)) {
            Optional<Link> link = netlink.link(holding.attachment().ifName());
            if (link.isEmpty() || !LeasedLink.isOf(holding, link.get(), netlink)) {
                return false; // somebody forgot DEL
            }
            if (phase == Renewal.Phase.BOUND) {
                return true;
            }
            String why = "it has expired";
            if (phase != Renewal.Phase.EXPIRED) {
                switch (servers.renew(phase, holding, netns, link.get().index())) {
                    case Servers.Prolonged(Holding renewed) -> {
                        entry.holding = renewed;
                        entry.files.save(renewed);
                        return true;
                    }
                    case Servers.Unanswered _ -> {
                        return true; // later again
                    }
                    case Servers.Lost(String reason) -> why = reason;
                }
            }
            LeasedLink.stopUsing(holding, link.get(), netlink, why);
            return false;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.EINVAL)) {
                return false; // the namespace is gone
            }
            throw e;
        }
    }

    /** Stops keeping; the leases stay, for whoever resumes. */
    @Override
    public void close() {
        alarm.close();
        kept.values().forEach(this::end);
        kept.clear();
    }

    /** Looked for when there is something to say: docs/adr/0008. */
    static System.Logger log() {
        return System.getLogger(LeaseKeeper.class.getName());
    }
}
