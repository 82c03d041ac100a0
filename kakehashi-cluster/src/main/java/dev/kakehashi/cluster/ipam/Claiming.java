package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPoolStatus;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpPrefix;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a node comes by blocks: claims them ahead of need, and takes up those that the store says are
 * its own.
 */
final class Claiming {
    private static final int ATTEMPTS = 20;
    private static final long GENERATIONS = 1L << 40;

    private final Keeping keeping;
    private final Borrowing borrowing;
    private boolean listed;

    /**
     * A claimant.
     *
     * @param borrowing asked where no block is free
     */
    Claiming(Keeping keeping, Borrowing borrowing) {
        this.keeping = keeping;
        this.borrowing = borrowing;
    }

    /** Takes up blocks that are ours in the store and not in the ledger: a crash came between. */
    void adopt(Living living) throws IOException {
        Map<IpPrefix, HeldBlock> held = keeping.disk().read().blocks();
        for (IpBlock block : listed ? keeping.view().blocks() : list()) {
            try {
                borrowing.adopt(block, living);
            } catch (ConflictException e) {
                // Another node, of those that lend and borrow of it, was faster: the next run.
            }
            if (block.spec().node().equals(keeping.node())
                    && block.spec().network().equals(keeping.settings().network())
                    && !held.containsKey(block.spec().cidr())) {
                Optional<Stored<IpBlock>> current =
                        keeping.store().find(Kind.IP_BLOCK, block.name());
                if (current.isPresent()
                        && current.get().object().spec().node().equals(keeping.node())) {
                    takeUp(current.get(), living);
                }
            }
        }
        listed = true;
    }

    private List<IpBlock> list() throws StoreException {
        Kind<IpBlock> kind = Kind.blocks(_ -> false);
        return keeping.store().list(kind).objects().stream().map(Stored::object).toList();
    }

    private void takeUp(Stored<IpBlock> stored, Living living) throws IOException {
        if (stored.object().spec().state() == IpBlockSpec.State.PENDING) {
            confirm(stored);
            return;
        }
        long now = keeping.clock().millis();
        IpBlockSpec spec = stored.object().spec().withState(IpBlockSpec.State.CONFIRMED, "");
        // A later generation, also when nothing else changes: the answer proves that the block is
        // still as it was read, and no earlier request of this node's is carried out after it.
        IpBlock block = stored.object().withSpec(spec);
        keeping.store().replace(Kind.IP_BLOCK, block, stored.version());
        List<Given> alive = new ArrayList<>();
        for (Allocation one : Reports.of(block, keeping.node())) {
            if (living.lives(one)) {
                alive.add(new Given(one, now));
            }
        }
        hold(block, now, alive);
        keeping.log()
                .accept(
                        "took up block "
                                + block.spec().cidr()
                                + " again, which the store says is ours");
    }

    private void hold(IpBlock block, long asked, List<Given> alive) throws IOException {
        HeldBlock held =
                HeldBlock.own(block.spec().cidr(), block.spec().pool(), keeping.until(asked))
                        .withGivenUp(Lending.addresses(block));
        keeping.disk().change(ledger -> ledger.with(held).withGiven(alive));
    }

    /** Claims one block more where few addresses of a pool are free; of others if there is none. */
    void claim(PoolRules pool) throws IOException {
        Ledger ledger = keeping.disk().read();
        if (pool.disabled()
                || Allocator.free(ledger, pool, keeping.clock().millis())
                        >= keeping.settings().minFree()) {
            return;
        }
        Set<IpPrefix> taken = new HashSet<>();
        keeping.view().blocks().forEach(block -> taken.add(block.spec().cidr()));
        taken.addAll(ledger.blocks().keySet());
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<IpPrefix> cidr = FreeBlocks.next(pool, keeping.node(), taken);
            if (cidr.isEmpty()) {
                borrowing.borrow(pool);
                return;
            }
            taken.add(cidr.get());
            IpBlockSpec spec =
                    new IpBlockSpec(
                            cidr.get(),
                            pool.name(),
                            keeping.settings().network(),
                            keeping.node(),
                            IpBlockSpec.State.PENDING,
                            keeping.random().nextLong(GENERATIONS),
                            "",
                            List.of());
            try {
                confirm(keeping.store().create(Kind.IP_BLOCK, IpBlock.of(spec)));
                return;
            } catch (ConflictException e) {
                // Another node has it: the next one.
            }
        }
    }

    /**
     * The second half of a claim: the block is used only if its pool was there, as it is in force,
     * after the block was made. Who makes an overlapping pool active lists the blocks later.
     */
    private void confirm(Stored<IpBlock> pending) throws IOException {
        IpBlock block = pending.object();
        boolean fits =
                keeping.store()
                        .find(Kind.IP_POOL, block.spec().pool())
                        .map(Stored::object)
                        .filter(pool -> pool.status().phase() == IpPoolStatus.Phase.ACTIVE)
                        .filter(pool ->
                                pool.status().cidr().orElseThrow().contains(block.spec().cidr())
                                        && pool.status().blockSize()
                                                == block.spec().cidr().length())
                        .isPresent();
        if (!fits) {
            keeping.store().remove(Kind.IP_BLOCK, block.name(), pending.version());
            return;
        }
        long now = keeping.clock().millis();
        IpBlock confirmed = block.withSpec(block.spec().withState(IpBlockSpec.State.CONFIRMED, ""));
        keeping.store().replace(Kind.IP_BLOCK, confirmed, pending.version());
        hold(confirmed, now, List.of());
        keeping.log()
                .accept("claimed block " + block.spec().cidr() + " of pool " + block.spec().pool());
    }
}
