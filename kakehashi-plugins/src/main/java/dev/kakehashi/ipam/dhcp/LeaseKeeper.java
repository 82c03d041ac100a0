package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.OperState;
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

    private static final System.Logger LOG = System.getLogger(LeaseKeeper.class.getName());

    /** Milliseconds between looks. */
    private static final int[] CARRIER_PAUSES = {1, 2, 5, 10, 20, 50, 100, 200, 500};

    private final InstantSource clock;
    private final RandomGenerator random;
    private final Retry retry;
    private final boolean broadcast;
    private final Alarm alarm = new Alarm();
    private final Map<Attachment, Kept> kept = new ConcurrentHashMap<>();

    private LeaseKeeper(
            InstantSource clock, RandomGenerator random, Retry retry, boolean broadcast) {
        this.clock = clock;
        this.random = random;
        this.retry = retry;
        this.broadcast = broadcast;
    }

    /** A keeper as patient as the reference plugin. It does nothing before it has a lease. */
    public static LeaseKeeper create() {
        return create(Retry.DEFAULT, false);
    }

    static LeaseKeeper create(Retry retry, boolean broadcast) {
        return create(retry, broadcast, new BootClock());
    }

    static LeaseKeeper create(Retry retry, boolean broadcast, InstantSource clock) {
        return new LeaseKeeper(clock, () -> Secure.RANDOM.nextLong(), retry, broadcast);
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
                LOG.log(
                        Level.INFO,
                        "{0}: its lease of {1} is not renewed: no namespace of it at \"{2}\" or in"
                                + " a process",
                        holding.attachment().owner(),
                        IpAddresses.format(holding.lease().address()),
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
        Kept before = kept.put(entry.holding.attachment(), entry);
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

    /** Asks for an address, or returns the one that the attachment has. */
    Lease acquire(
            Attachment attachment, DhcpOptions sent, Home.Place place, Home home, LeaseFiles files)
            throws CniException {
        Optional<Holding> there = find(attachment, files);
        if (there.isPresent()
                && Renewal.phase(there.get().lease(), clock.instant()) != Renewal.Phase.EXPIRED) {
            if (kept.containsKey(attachment)) {
                home.close();
            } else {
                keep(new Kept(there.get(), home, files));
            }
            return there.get().lease();
        }
        try {
            Lease lease = acquire(attachment.ifName(), sent, home);
            var _ = lease.prefixLength(); // useless without
            Holding holding = new Holding(attachment, place, sent, lease);
            files.save(holding);
            keep(new Kept(holding, home, files));
            return lease;
        } catch (IOException e) {
            home.close();
            throw Failures.of("error calling DHCP.Allocate: \"" + attachment.ifName() + "\"", e);
        } catch (CniException | RuntimeException e) {
            home.close();
            throw e;
        }
    }

    private Lease acquire(String ifName, DhcpOptions sent, Home home)
            throws CniException, IOException {
        try (Netns netns = home.open()) {
            Link link = up(netns, ifName);
            MacAddress mac =
                    link.mac()
                            .orElseThrow(() ->
                                    new CniException(
                                            CniException.INVALID_CONFIG,
                                            "\""
                                                    + ifName
                                                    + "\" has no hardware address to ask for"));
            try (Channel channel = Channel.broadcast(netns, link.index())) {
                Dialogue.Step end =
                        Channel.talk(
                                new Acquisition(mac, sent, retry, broadcast, random),
                                channel,
                                clock);
                if (end instanceof Dialogue.Bound(Lease lease)) {
                    return lease;
                }
            }
        }
        throw new CniException(
                CniException.TRY_AGAIN_LATER,
                "error calling DHCP.Allocate: no more tries",
                "no DHCP server has given \""
                        + ifName
                        + "\" an address in "
                        + retry.resendTimeout().toSeconds()
                        + " s");
    }

    private static Link up(Netns netns, String ifName) throws CniException, IOException {
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            Optional<Link> link = netlink.link(ifName);
            if (link.isEmpty()) {
                throw new CniException(
                        CniException.INTERNAL,
                        "error looking up \"" + ifName + "\": Link not found");
            }
            if (!link.get().isUp()) {
                netlink.execute(
                        Links.change(link.get().index(), LinkSpec.builder().up(true).build()));
            }
            awaitCarrier(netlink, link.get().index());
            return link.get();
        }
    }

    /** What is sent before the kernel has told both ends that they are up is lost. */
    private static void awaitCarrier(RtNetlink netlink, int index) throws IOException {
        for (int pause : CARRIER_PAUSES) {
            Optional<Link> link = netlink.link(index);
            if (link.isEmpty()
                    || link.get().operState() == OperState.UP
                    || link.get().operState() == OperState.UNKNOWN) {
                return; // some kinds of link never know
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** The lease of an attachment, also one that an earlier process has got. */
    Optional<Holding> find(Attachment attachment, LeaseFiles files) throws CniException {
        Kept entry = kept.get(attachment);
        if (entry != null) {
            synchronized (entry) {
                return Optional.of(entry.holding);
            }
        }
        try {
            return files.find(attachment);
        } catch (IOException e) {
            throw Failures.of("failed to read the lease", e);
        }
    }

    /** What a lease is, at this moment. */
    Renewal.Phase phase(Lease lease) {
        return Renewal.phase(lease, clock.instant());
    }

    /** Gives a lease back; does nothing when there is none. */
    void release(Attachment attachment, LeaseFiles files) throws CniException {
        Optional<Holding> holding = find(attachment, files);
        Kept entry = kept.remove(attachment);
        if (holding.isEmpty()) {
            return;
        }
        try {
            if (entry != null) {
                synchronized (entry) {
                    tellServer(entry.holding, entry.home);
                }
                end(entry);
                entry.files.remove(attachment);
            } else {
                Optional<Home> home = Home.find(holding.get().place());
                home.ifPresent(found -> tellServer(holding.get(), found));
            }
            files.remove(attachment);
        } catch (IOException e) {
            throw Failures.of("failed to forget the lease", e);
        }
    }

    /** From the address itself: a RELEASE from nowhere is not believed (RFC 2131, table 4). */
    private void tellServer(Holding holding, Home home) {
        Lease lease = holding.lease();
        DhcpOptions options = DhcpOptions.NONE.with(DhcpOptions.SERVER_ID, lease.server());
        byte[] id = holding.sent().find(DhcpOptions.CLIENT_ID).orElse(new byte[0]);
        if (id.length > 0) {
            options = options.with(DhcpOptions.CLIENT_ID, id);
        }
        DhcpMessage message =
                DhcpMessage.request(
                                DhcpMessage.Type.RELEASE,
                                random.nextInt(),
                                0,
                                lease.hardware(),
                                options)
                        .from(lease.address());
        try (Netns netns = home.open();
                Channel channel = Channel.between(netns, lease.address(), lease.server())) {
            channel.send(message);
        } catch (IOException e) {
            // The interface is gone: the server takes the address back when the lease is over.
            LOG.log(
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
        List<Attachment> stale = new ArrayList<>();
        try {
            for (Holding holding : files.all()) {
                if (holding.attachment().network().equals(network)
                        && !living.contains(holding.attachment())) {
                    stale.add(holding.attachment());
                }
            }
        } catch (IOException e) {
            throw Failures.of("failed to read the leases", e);
        }
        for (Attachment attachment : stale) {
            release(attachment, files);
        }
    }

    private void schedule(Kept entry, boolean tried) {
        synchronized (entry) {
            if (!entry.ended) {
                Instant now = clock.instant();
                Lease lease = entry.holding.lease();
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
                    kept.remove(attachment, entry);
                    end(entry);
                    entry.files.remove(attachment);
                    return;
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(
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
        Lease lease = holding.lease();
        Renewal.Phase phase = Renewal.phase(lease, clock.instant());
        try (Netns netns = entry.home.open();
                RtNetlink netlink = RtNetlink.open(netns)) {
            Optional<Link> link = netlink.link(holding.attachment().ifName());
            if (link.isEmpty() || !isOf(lease, link.get(), netlink)) {
                return false; // somebody forgot DEL
            }
            if (phase == Renewal.Phase.BOUND) {
                return true;
            }
            String why = "it has expired";
            if (phase != Renewal.Phase.EXPIRED) {
                Dialogue.Step end = ask(phase, holding, netns, link.get().index());
                if (end instanceof Dialogue.Bound(Lease renewed)) {
                    entry.holding = holding.with(renewed);
                    entry.files.save(entry.holding);
                    return true;
                }
                if (!(end instanceof Dialogue.Refused(String reason))) {
                    return true; // later again
                }
                why = reason;
            }
            LOG.log(
                    Level.ERROR,
                    "{0}: lost its address {1}: {2}; its interface is set down",
                    holding.attachment().owner(),
                    IpAddresses.format(lease.address()),
                    why);
            netlink.execute(Links.change(link.get().index(), LinkSpec.builder().up(false).build()));
            return false;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.EINVAL)) {
                return false; // the namespace is gone
            }
            throw e;
        }
    }

    /**
     * Whether it is the interface that the lease was got for. The number of a namespace that is
     * gone may be another container's by now, whose interface has the same name.
     */
    private static boolean isOf(Lease lease, Link link, RtNetlink netlink) throws IOException {
        if (link.mac().filter(lease.hardware()::equals).isPresent()) {
            return true;
        }
        for (Address address : netlink.addresses(link.index())) {
            if (address.prefix().address().equals(lease.address())) {
                return true; // somebody has changed its hardware address
            }
        }
        return false;
    }

    private Dialogue.Step ask(Renewal.Phase phase, Holding holding, Netns netns, int link)
            throws IOException {
        Lease lease = holding.lease();
        Renewal renewal = new Renewal(lease, holding.sent(), retry.request(), random.nextInt());
        try (Channel channel =
                phase == Renewal.Phase.RENEWING
                        ? Channel.between(netns, lease.address(), lease.server())
                        : Channel.broadcast(netns, link)) {
            return Channel.talk(renewal, channel, clock);
        }
    }

    /** Stops keeping; the leases stay, for whoever resumes. */
    @Override
    public void close() {
        alarm.close();
        kept.values().forEach(this::end);
        kept.clear();
    }
}
