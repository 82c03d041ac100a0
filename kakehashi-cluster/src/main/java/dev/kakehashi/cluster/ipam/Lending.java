package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec.GivenUp;
import dev.kakehashi.linux.IpPrefix;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which addresses of its blocks a node gives up for others to borrow.
 *
 * <p>An address is marked in the ledger before the store hears that it is given up, and the mark is
 * taken away only after a write to the store which says that it is not, and which no earlier
 * request can undo, since it is of a later generation. So what the store says is given up the node
 * never gives, whatever became of its requests.
 */
final class Lending {
    /** How many addresses of a block are offered at a time. */
    private static final int OFFERED = 4;

    private final Keeping keeping;

    Lending(Keeping keeping) {
        this.keeping = keeping;
    }

    /** Whether the store or the ledger is to be changed, by what is known without asking. */
    boolean isDue(Ledger ledger, HeldBlock block, IpBlock shown) {
        Set<InetAddress> wanted = wanted(ledger, block, shown.spec().givenUp());
        return !wanted.equals(block.givenUp()) || !wanted.equals(addresses(shown));
    }

    /**
     * The block as it is to be in the store; what it gives up is marked in the ledger then.
     *
     * @param current as the store has it
     */
    IpBlock prepare(IpPrefix cidr, IpBlock current) throws IOException {
        List<GivenUp> said = current.spec().givenUp();
        Ledger marked =
                keeping.disk()
                        .change(ledger ->
                                ledger.change(
                                        cidr,
                                        block -> {
                                            Set<InetAddress> marks = new HashSet<>(block.givenUp());
                                            marks.addAll(wanted(ledger, block, said));
                                            return block.withGivenUp(marks);
                                        }));
        HeldBlock block = marked.blocks().get(cidr);
        if (block == null) {
            return current;
        }
        Set<InetAddress> wanted = wanted(marked, block, said);
        wanted.retainAll(block.givenUp()); // what became free since was not marked
        List<GivenUp> next = new ArrayList<>();
        for (InetAddress address : inOrder(cidr, wanted)) {
            next.add(current.givenUp(address).orElseGet(() -> GivenUp.of(address)));
        }
        boolean same = next.equals(said) && wanted.containsAll(block.givenUp());
        return same ? current : current.withSpec(current.spec().withGivenUp(next));
    }

    /** Takes away the marks of what the store does not say is given up, once that is written. */
    void settle(IpPrefix cidr, IpBlock written) throws IOException {
        Set<InetAddress> given = addresses(written);
        HeldBlock block = keeping.disk().read().blocks().get(cidr);
        if (block != null && !block.givenUp().equals(given)) {
            keeping.disk().change(ledger -> ledger.change(cidr, b -> b.withGivenUp(given)));
        }
    }

    static Set<InetAddress> addresses(IpBlock block) {
        Set<InetAddress> addresses = new HashSet<>();
        block.spec().givenUp().forEach(one -> addresses.add(one.address()));
        return addresses;
    }

    private static List<InetAddress> inOrder(IpPrefix cidr, Set<InetAddress> addresses) {
        return addresses.stream()
                .sorted(Comparator.comparingInt(one -> BlockAddresses.indexOf(cidr, one)))
                .toList();
    }

    /**
     * What is to be given up: what others have, and a few more while no block of the pool is free
     * and this node has addresses to spare.
     */
    private Set<InetAddress> wanted(Ledger ledger, HeldBlock block, List<GivenUp> said) {
        Set<InetAddress> lent = new HashSet<>();
        said.stream().filter(GivenUp::isBorrowed).forEach(one -> lent.add(one.address()));
        PoolRules pool = ledger.pool(block.pool()).orElse(null);
        if (pool == null || !pool.borrowing() || pool.disabled()) {
            return lent;
        }
        if (!Allocator.isFor(pool, block) || block.leaving()) {
            return lent;
        }
        List<InetAddress> offered = new ArrayList<>(inOrder(block.cidr(), block.givenUp()));
        offered.removeAll(lent);
        long now = keeping.clock().millis();
        int spare = Allocator.free(ledger, pool, now);
        int minFree = keeping.settings().minFree();
        if (hasFreeBlock(ledger, pool) || (lent.isEmpty() && isSpare(ledger, block, spare))) {
            offered.clear();
        } else if (spare < minFree) {
            int kept = Math.max(0, offered.size() - (minFree - spare));
            offered.subList(kept, offered.size()).clear();
        } else {
            int more = Math.min(OFFERED - offered.size(), spare - 2 * minFree);
            for (int i = BlockAddresses.size(block.cidr()) - 1; i >= 0 && more > 0; i--) {
                InetAddress address = BlockAddresses.at(block.cidr(), i);
                if (BlockAddresses.isForPods(block.cidr(), i)
                        && Allocator.isFree(ledger, pool, block, address, now)) {
                    offered.add(address);
                    more--;
                }
            }
        }
        lent.addAll(offered);
        return lent;
    }

    /** Better all of it goes back to the pool. */
    private boolean isSpare(Ledger ledger, HeldBlock block, int spare) {
        int ownFree = BlockAddresses.forPods(block.cidr()) - block.givenUp().size();
        return ledger.used(block) == 0 && spare - ownFree >= 2 * keeping.settings().minFree();
    }

    private boolean hasFreeBlock(Ledger ledger, PoolRules pool) {
        Set<IpPrefix> taken = new HashSet<>(ledger.blocks().keySet());
        keeping.view().blocks().forEach(block -> taken.add(block.spec().cidr()));
        return FreeBlocks.next(pool, keeping.node(), taken).isPresent();
    }
}
