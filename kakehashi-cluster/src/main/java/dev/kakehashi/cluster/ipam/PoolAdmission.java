package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.AssignmentMode;
import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolStatus;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Notice;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpPrefix;

import java.time.InstantSource;
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
    private final String node;
    private final InstantSource clock;

    /**
     * Of the pools of a store.
     *
     * @param node who says so
     * @param clock for when conditions changed, which people read; nothing depends on it
     */
    PoolAdmission(Store store, String node, InstantSource clock) {
        this.store = store;
        this.node = node;
        this.clock = clock;
    }

    /** Does what is to be done about a pool as the cache shows it. */
    void look(IpPool cached, Optional<Network> network) throws StoreException {
        if (cached.status().phase() == IpPoolStatus.Phase.ACTIVE && says(cached, network)) {
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
        IpPoolStatus kept = next.withConditions(pool.status().conditions());
        IpPool said = pool.saying(kept, clock.instant());
        if (!said.equals(pool)) {
            try {
                store.replace(Kind.IP_POOL, said, current.get().version());
                tell(pool.status(), said);
            } catch (ConflictException e) {
                // Another node or a person was faster: looked at again.
            }
        }
    }

    /** The one node that wrote it tells people, and once. */
    private void tell(IpPoolStatus before, IpPool pool) throws StoreException {
        String message = pool.status().message();
        if (!message.isEmpty() && !message.equals(before.message())) {
            String reason =
                    pool.status().phase() == IpPoolStatus.Phase.REFUSED
                            ? "Refused"
                            : "SpecNotInForce";
            store.tell(new Notice(Kind.IP_POOL, pool.name(), node, reason, message));
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
        return all(Kind.blocks(_ -> false));
    }

    private <T extends ClusterObject> List<T> all(Kind<T> kind) throws StoreException {
        return store.list(kind).objects().stream().map(Stored::object).toList();
    }

    /** Whether an active pool says what is to be said of it. */
    private boolean says(IpPool pool, Optional<Network> network) {
        IpPoolStatus next = pool.status().withMessage(drift(pool, network));
        return pool.saying(next, clock.instant()).equals(pool);
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
