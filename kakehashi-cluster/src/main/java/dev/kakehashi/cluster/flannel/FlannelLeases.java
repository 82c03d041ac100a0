package dev.kakehashi.cluster.flannel;

import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.KeySpace;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Watch;
import dev.kakehashi.linux.IpPrefix;

import java.math.BigInteger;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/**
 * The leases in Flannel's etcd: those of others as they are, and this node's own, taken and renewed
 * by the rules of Flannel's subnet manager (flannel, {@code Documentation/reservations.md}). On one
 * thread only, but for what the watch tells.
 */
public final class FlannelLeases implements AutoCloseable {
    /** As Flannel. */
    static final Duration LIFETIME = Duration.ofHours(24);

    /** As Flannel, before the end. */
    static final Duration RENEWAL_MARGIN = Duration.ofHours(1);

    private static final System.Logger LOG = System.getLogger(FlannelLeases.class.getName());
    private static final int CANDIDATES = 100;
    private static final int ATTEMPTS = 20;

    private record Own(FlannelLease lease, Instant renewal) {}

    private final KeySpace keys;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final AtomicBoolean stale = new AtomicBoolean(true);
    private final Watch watch;
    private TreeMap<String, FlannelLease> leases = new TreeMap<>();
    private TreeMap<String, KeySpace.Entry> entries = new TreeMap<>();
    private Optional<FlannelConfig> config = Optional.empty();
    private Optional<Own> own = Optional.empty();

    /**
     * Follows the leases; {@code keys} is closed with it.
     *
     * @param changed told when there may be others
     */
    public FlannelLeases(
            KeySpace keys, InstantSource clock, RandomGenerator random, Runnable changed) {
        this.keys = keys;
        this.clock = clock;
        this.random = random;
        this.watch =
                keys.watch(
                        keys.prefix() + "/",
                        () -> {
                            stale.set(true);
                            changed.run();
                        });
    }

    /**
     * Flannel's configuration.
     *
     * @throws StoreException when it cannot be read, is not there, or makes no sense
     */
    public FlannelConfig config() throws StoreException {
        refresh();
        return config.orElseThrow(() ->
                new StoreException(
                        keys
                                + ": there is no key "
                                + configKey()
                                + ": Flannel has no network there"));
    }

    /**
     * All leases as they were told last.
     *
     * @throws StoreException when they were never read
     */
    public Collection<FlannelLease> leases() throws StoreException {
        refresh();
        return leases.values();
    }

    /** What was known stays in force while etcd does not answer. */
    private void refresh() throws StoreException {
        if (!stale.getAndSet(false)) {
            return;
        }
        try {
            Optional<FlannelConfig> read = Optional.empty();
            Optional<KeySpace.Entry> text = keys.find(configKey());
            if (text.isPresent()) {
                read = Optional.of(parsed(text.get()));
            }
            List<KeySpace.Entry> all = keys.list(subnetKey(""));
            config = read;
            read(all);
        } catch (StoreException e) {
            stale.set(true);
            if (config.isEmpty()) {
                throw e;
            }
            LOG.log(System.Logger.Level.DEBUG, "the last known leases stay in force", e);
        }
    }

    private FlannelConfig parsed(KeySpace.Entry entry) throws StoreException {
        try {
            return FlannelConfig.parse(entry.value());
        } catch (IllegalArgumentException e) {
            throw new StoreException(keys + ": " + entry.key() + ": " + e.getMessage(), e);
        }
    }

    private void read(List<KeySpace.Entry> all) {
        TreeMap<String, FlannelLease> read = new TreeMap<>();
        TreeMap<String, KeySpace.Entry> found = new TreeMap<>();
        for (KeySpace.Entry entry : all) {
            String name = entry.key().substring(subnetKey("").length());
            try {
                read.put(name, FlannelLease.parse(name, entry.value()));
                found.put(name, entry);
            } catch (IllegalArgumentException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0}: set aside {1}: {2}",
                        keys,
                        entry.key(),
                        e.getMessage());
            }
        }
        leases = read;
        entries = found;
    }

    /**
     * The subnets for a node: those it holds, else those of the lease of its address, which may be
     * Flannel's on the same node, else free ones of Flannel's range. They are leased when this
     * returns.
     *
     * @param template the lease without its subnets
     * @param held what the node has already; empty: nothing yet
     * @param taken what other nodes have, with or without a lease
     * @throws StoreException when etcd fails, another node holds the lease, or all are taken
     */
    public List<IpPrefix> claim(
            FlannelLease template, List<IpPrefix> held, Collection<IpPrefix> taken)
            throws StoreException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<IpPrefix> subnets = held.isEmpty() ? choose(template, taken) : held;
            FlannelLease wanted =
                    new FlannelLease(
                            subnets,
                            template.publicIp(),
                            template.publicIpv6(),
                            template.backend(),
                            template.data(),
                            template.dataIpv6());
            try {
                keep(wanted);
                return wanted.subnets();
            } catch (ConflictException e) {
                stale.set(true); // somebody was first: looked at again
            }
        }
        throw new StoreException(
                keys + ": no lease in " + ATTEMPTS + " attempts: other nodes write them as fast");
    }

    private List<IpPrefix> choose(FlannelLease template, Collection<IpPrefix> taken)
            throws StoreException {
        FlannelConfig now = config();
        for (FlannelLease lease : leases.values()) {
            if (isSameNode(lease, template)
                    && lease.subnets().stream().allMatch(subnet -> permits(now, subnet))) {
                return lease.subnets();
            }
        }
        List<IpPrefix> chosen = new ArrayList<>();
        for (FlannelConfig.Range range : now.ranges()) {
            List<IpPrefix> free = free(range, taken);
            if (free.isEmpty()) {
                throw new StoreException(
                        keys
                                + ": no free subnet for this node: all /"
                                + range.subnetLength()
                                + " of "
                                + range.network()
                                + " from SubnetMin to SubnetMax are leased");
            }
            chosen.add(free.get(random.nextInt(free.size())));
        }
        return chosen;
    }

    private static boolean permits(FlannelConfig config, IpPrefix subnet) {
        return config.range(subnet.isIpv4()).map(range -> range.permits(subnet)).orElse(false);
    }

    private List<IpPrefix> free(FlannelConfig.Range range, Collection<IpPrefix> taken) {
        List<IpPrefix> all = new ArrayList<>(taken);
        leases.values().forEach(lease -> all.addAll(lease.subnets()));
        List<IpPrefix> free = new ArrayList<>();
        int bits = range.network().bits();
        BigInteger size = BigInteger.ONE.shiftLeft(bits - range.subnetLength());
        BigInteger next = FlannelConfig.number(range.first());
        BigInteger last = FlannelConfig.number(range.last());
        while (free.size() < CANDIDATES && next.compareTo(last) <= 0) {
            InetAddress address = FlannelConfig.address(next, bits);
            IpPrefix candidate = new IpPrefix(address, range.subnetLength());
            if (all.stream().noneMatch(candidate::overlaps)) {
                free.add(candidate);
            }
            next = next.add(size);
        }
        return free;
    }

    /**
     * Makes the node's own lease say this, and renews it when it is time. Others of the same
     * address, of subnets that the node no longer has, are removed.
     *
     * @throws ConflictException when somebody wrote it meanwhile
     * @throws StoreException when etcd fails, or the lease is another node's
     */
    public void keep(FlannelLease wanted) throws StoreException {
        refresh();
        Optional<FlannelLease> there = Optional.ofNullable(leases.get(wanted.key()));
        boolean isCurrent =
                there.equals(Optional.of(wanted))
                        && own.isPresent()
                        && own.get().lease().equals(wanted)
                        && clock.instant().isBefore(own.get().renewal());
        if (isCurrent) {
            return;
        }
        if (there.isPresent() && !isSameNode(there.get(), wanted)) {
            throw new StoreException(
                    keys
                            + ": "
                            + subnetKey(wanted.key())
                            + " is leased by another node, "
                            + there.get().publicIp().or(there.get()::publicIpv6).orElse(null)
                            + ": two nodes have these addresses; remove spec.podCIDRs of this node's"
                            + " Node, or the lease when that node is gone");
        }
        KeySpace.Entry entry = entries.get(wanted.key());
        // One that never goes is a reservation of the operator's, and stays one.
        boolean reserved = entry != null && !entry.expires();
        keys.put(
                subnetKey(wanted.key()),
                wanted.value(),
                entry == null ? KeySpace.ABSENT : entry.revision(),
                reserved ? Duration.ZERO : LIFETIME);
        stale.set(true);
        own = Optional.of(new Own(wanted, clock.instant().plus(LIFETIME).minus(RENEWAL_MARGIN)));
        removeFormer(wanted);
    }

    private void removeFormer(FlannelLease wanted) throws StoreException {
        for (FlannelLease lease : leases.values()) {
            KeySpace.Entry entry = entries.get(lease.key());
            if (entry != null
                    && entry.expires()
                    && !lease.key().equals(wanted.key())
                    && isSameNode(lease, wanted)) {
                keys.remove(entry.key(), entry.revision());
            }
        }
    }

    private static boolean isSameNode(FlannelLease one, FlannelLease other) {
        return one.publicIp().isPresent()
                ? one.publicIp().equals(other.publicIp())
                : one.publicIpv6().isPresent() && one.publicIpv6().equals(other.publicIpv6());
    }

    private String configKey() {
        return keys.prefix() + "/config";
    }

    private String subnetKey(String name) {
        return keys.prefix() + "/subnets/" + name;
    }

    @Override
    public void close() {
        watch.close();
        keys.close();
    }
}
