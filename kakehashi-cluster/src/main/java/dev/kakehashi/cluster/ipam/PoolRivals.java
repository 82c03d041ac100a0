package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolStatus;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.linux.IpPrefix;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What keeps a pool from being used: other pools, blocks that exist, its Network. Pure. */
final class PoolRivals {
    /** Elder pools first; one that does not say since when it exists is the youngest. */
    private static final Comparator<IpPool> SENIORITY =
            Comparator.comparing(PoolRivals::since).thenComparing(IpPool::name);

    private PoolRivals() {}

    private static Instant since(IpPool pool) {
        Instant created = pool.metadata().created();
        return created.equals(Instant.EPOCH) ? Instant.MAX : created;
    }

    /** What is wrong with the pool beside its Network; empty when nothing is. */
    static Optional<String> outsideOf(Network network, IpPool pool) {
        IpPrefix cidr = pool.spec().cidr();
        return network.cidrOf(cidr).isPresent()
                ? Optional.empty()
                : Optional.of(
                        cidr
                                + " is not in "
                                + network.spec().cidrs()
                                + " of Network "
                                + network.name());
    }

    /** The blocks that are not of this pool and block size, and overlap it. */
    static Optional<String> foreignBlock(
            IpPool pool, IpPrefix cidr, int blockSize, List<IpBlock> blocks) {
        for (IpBlock block : blocks) {
            if (block.spec().cidr().overlaps(cidr)
                    && !(block.spec().pool().equals(pool.name())
                            && block.spec().cidr().length() == blockSize)) {
                return Optional.of(
                        "block "
                                + block.name()
                                + " of pool "
                                + block.spec().pool()
                                + ", held by node "
                                + block.spec().node()
                                + ", overlaps blocks /"
                                + blockSize
                                + " of "
                                + cidr);
            }
        }
        return Optional.empty();
    }

    /** A pool that overlaps and is active or about to be, the most senior one. */
    static Optional<IpPool> overlapping(IpPool pool, IpPrefix cidr, List<IpPool> pools) {
        return pools.stream()
                .filter(other -> !other.name().equals(pool.name()))
                .filter(other ->
                        other.status().phase() == IpPoolStatus.Phase.ACTIVE
                                || other.status().phase() == IpPoolStatus.Phase.PENDING)
                .filter(other -> other.status().cidr().orElseThrow().overlaps(cidr))
                .min(
                        Comparator.comparing((IpPool other) ->
                                        other.status().phase() != IpPoolStatus.Phase.ACTIVE)
                                .thenComparing(SENIORITY));
    }

    /** Whether a rival has the better right: it is active, or elder. */
    static boolean yields(IpPool pool, IpPool rival) {
        return rival.status().phase() == IpPoolStatus.Phase.ACTIVE
                || SENIORITY.compare(rival, pool) < 0;
    }
}
