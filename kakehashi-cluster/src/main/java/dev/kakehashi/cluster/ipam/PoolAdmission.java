package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.AssignmentMode;
import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolStatus;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpPrefix;

import java.util.List;
import java.util.Optional;

/**
 * Makes a pool active, or refuses it. Any node may do it, several at once.
 *
 * <p>First the pool is marked pending, then all pools and blocks are listed, and only if nothing
 * overlaps it becomes active. Of two pools that overlap, the one marked later is listed together
 * with the other's mark, so that never both become active, whatever anybody's caches say.
 */
final class PoolAdmission {
    private final Store store;

    PoolAdmission(Store store) {
        this.store = store;
    }

    /** Does what is to be done about a pool as the cache shows it. */
    void look(IpPool cached, Optional<Network> network) throws StoreException {
        if (cached.status().phase() == IpPoolStatus.Phase.ACTIVE && !drifts(cached, network)) {
            return;
        }
        Optional<Stored<IpPool>> current = store.find(Kind.IP_POOL, cached.name());
        if (current.isEmpty()) {
            return;
        }
        IpPool pool = current.get().object();
        IpPoolStatus next =
                switch (pool.status().phase()) {
                    case ACTIVE -> pool.status().withMessage(drift(pool, network));
                    case PENDING -> decide(pool);
                    case UNSEEN, REFUSED -> propose(pool, network);
                };
        if (!next.equals(pool.status())) {
            try {
                store.replace(Kind.IP_POOL, pool.withStatus(next), current.get().version());
            } catch (ConflictException e) {
                // Another node or a person was faster: looked at again.
            }
        }
    }

    private IpPoolStatus propose(IpPool pool, Optional<Network> network) throws StoreException {
        Optional<String> problem = network.flatMap(of -> PoolRivals.outsideOf(of, pool));
        if (problem.isPresent()) {
            return IpPoolStatus.refused(problem.get());
        }
        IpPrefix cidr = pool.spec().cidr();
        Optional<IpPool> rival = PoolRivals.overlapping(pool, cidr, all(Kind.IP_POOL));
        if (rival.isPresent()) {
            return refusedFor(cidr, rival.get());
        }
        return PoolRivals.foreignBlock(pool, cidr, pool.spec().blockSize(), blocks())
                .map(IpPoolStatus::refused)
                .orElseGet(() -> IpPoolStatus.pending(pool.spec()));
    }

    private IpPoolStatus decide(IpPool pool) throws StoreException {
        IpPrefix cidr = pool.status().cidr().orElseThrow();
        Optional<IpPool> rival = PoolRivals.overlapping(pool, cidr, all(Kind.IP_POOL));
        if (rival.isPresent()) {
            return PoolRivals.yields(pool, rival.get())
                    ? refusedFor(cidr, rival.get())
                    : pool.status(); // it yields to this one
        }
        return PoolRivals.foreignBlock(pool, cidr, pool.status().blockSize(), blocks())
                .map(IpPoolStatus::refused)
                .orElseGet(() -> IpPoolStatus.active(cidr, pool.status().blockSize()));
    }

    private static IpPoolStatus refusedFor(IpPrefix cidr, IpPool rival) {
        return IpPoolStatus.refused(
                cidr
                        + " overlaps "
                        + rival.status().cidr().orElse(rival.spec().cidr())
                        + " of IPPool "
                        + rival.name());
    }

    private List<IpBlock> blocks() throws StoreException {
        return all(Kind.IP_BLOCK.keeping(IpBlock::withoutReport));
    }

    private <T extends ClusterObject> List<T> all(Kind<T> kind) throws StoreException {
        return store.list(kind).objects().stream().map(Stored::object).toList();
    }

    private static boolean drifts(IpPool pool, Optional<Network> network) {
        return !drift(pool, network).equals(pool.status().message());
    }

    /** What an active pool's spec says and is not in force. */
    private static String drift(IpPool pool, Optional<Network> network) {
        IpPrefix cidr = pool.status().cidr().orElseThrow();
        if (!pool.spec().cidr().equals(cidr)) {
            return "spec.cidr cannot be changed: " + cidr + " stays in force; make another IPPool";
        }
        if (pool.spec().blockSize() != pool.status().blockSize()) {
            return "spec.blockSize cannot be changed: "
                    + pool.status().blockSize()
                    + " stays in force; make another IPPool";
        }
        if (pool.spec().assignment() == AssignmentMode.BORROW
                && network.isPresent()
                && !PoolRules.canBorrow(network.get())) {
            return "spec.assignment: borrow needs podLink: routed in Network "
                    + network.get().name()
                    + "; blocks are used by their own nodes only";
        }
        return "";
    }
}
