package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpBlockSpec.GivenUp;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Addresses of other nodes' blocks: borrows those that their nodes gave up, renews the right to use
 * them, and gives them back. Each is one compare-and-set of the lender's block.
 */
final class Borrowing {
    /** How many free addresses a node that borrows wants to have. */
    private static final int AHEAD = 4;

    private final Keeping keeping;

    Borrowing(Keeping keeping) {
        this.keeping = keeping;
    }

    /** Borrows of one node, if the pool allows it and this node has next to none that is free. */
    void borrow(PoolRules pool) throws IOException {
        long now = keeping.clock().millis();
        int wanted = ahead() - Allocator.free(keeping.disk().read(), pool, now);
        if (!pool.borrowing() || wanted <= 0) {
            return;
        }
        List<IpBlock> lenders = new ArrayList<>();
        for (IpBlock block : keeping.view().blocks()) {
            if (!offers(block, pool).isEmpty()) {
                lenders.add(block);
            }
        }
        if (lenders.isEmpty()) {
            return;
        }
        String name = lenders.get(keeping.random().nextInt(lenders.size())).name();
        Optional<Stored<IpBlock>> found = keeping.store().find(Kind.IP_BLOCK, name);
        if (found.isEmpty()) {
            return;
        }
        IpBlock block = found.get().object();
        List<InetAddress> offers = offers(block, pool);
        List<InetAddress> chosen = offers.subList(0, Math.min(wanted, offers.size()));
        if (chosen.isEmpty()) {
            return;
        }
        IpBlockSpec spec = block.spec();
        for (InetAddress address : chosen) {
            spec = spec.changeGivenUp(address, one -> one.borrowedBy(keeping.node()));
        }
        try {
            keeping.store().replace(Kind.IP_BLOCK, block.withSpec(spec), found.get().version());
        } catch (ConflictException e) {
            return; // somebody was faster: the next run looks again
        }
        for (InetAddress address : chosen) {
            hold(block, address, now, List.of());
        }
        keeping.log()
                .accept(
                        "borrowed "
                                + texts(chosen)
                                + " of node "
                                + spec.node()
                                + ": no block of pool "
                                + pool.name()
                                + " is free");
    }

    /** How many free addresses, borrowed or not, are enough. */
    int ahead() {
        return Math.min(AHEAD, keeping.settings().minFree());
    }

    private List<InetAddress> offers(IpBlock block, PoolRules pool) {
        IpBlockSpec spec = block.spec();
        // A pool of this name was another network's, if its blocks are.
        if (!spec.network().equals(keeping.settings().network())
                || !spec.pool().equals(pool.name())
                || !pool.cidr().contains(spec.cidr())
                || spec.node().equals(keeping.node())
                || spec.state() != IpBlockSpec.State.CONFIRMED) {
            return List.of();
        }
        return spec.givenUp().stream()
                .filter(one -> !one.isBorrowed())
                .map(GivenUp::address)
                .filter(address -> !Allocator.isReserved(pool, address))
                .toList();
    }

    private static List<String> texts(List<InetAddress> addresses) {
        return addresses.stream().map(IpAddresses::format).toList();
    }

    private void hold(IpBlock block, InetAddress address, long asked, List<Given> alive)
            throws IOException {
        HeldBlock loan =
                HeldBlock.borrowed(
                        address, block.spec().cidr(), block.spec().pool(), keeping.until(asked));
        keeping.disk().change(ledger -> ledger.with(loan).withGiven(alive));
    }

    /** Reads one of our loans in its lender's block and does what it lacks. */
    void renew(HeldBlock loan) throws IOException {
        InetAddress address = loan.cidr().address();
        long now = keeping.clock().millis();
        List<Allocation> inUse = Reports.inUse(keeping.disk().read(), loan.cidr());
        String name = IpBlock.nameOf(loan.source());
        boolean told =
                keeping.view()
                        .block(name)
                        .filter(block ->
                                block.isLentTo(keeping.node(), address)
                                        && ours(block, address).equals(inUse))
                        .isPresent();
        if (told && !loan.leaving() && !keeping.isDue(loan, now)) {
            return;
        }
        Optional<Stored<IpBlock>> found = keeping.store().find(Kind.IP_BLOCK, name);
        if (found.isPresent() && isOwn(found.get().object(), address)) {
            // This node took the block over, and takes it up next.
            keeping.disk().change(ledger -> ledger.without(loan.cidr()));
            return;
        }
        if (found.isEmpty() || !found.get().object().isLentTo(keeping.node(), address)) {
            lost(loan, inUse);
            return;
        }
        IpBlock block = found.get().object();
        IpBlockSpec spec = block.spec();
        if (loan.leaving()) {
            spec = spec.changeGivenUp(address, one -> one.borrowedBy(""));
        } else if (block.givenUp(address).orElseThrow().mark() != 0) {
            spec = spec.changeGivenUp(address, one -> one.borrowedBy(keeping.node()));
        }
        IpBlock wanted =
                Reports.replace(block.withSpec(spec), one -> one.address().equals(address), inUse);
        if (!wanted.equals(block)) {
            keeping.store().replace(Kind.IP_BLOCK, wanted, found.get().version());
        }
        if (loan.leaving()) {
            keeping.disk().change(ledger -> ledger.without(loan.cidr()));
            keeping.log()
                    .accept("gave " + IpAddresses.format(address) + " back to node " + spec.node());
            return;
        }
        long until = keeping.until(now);
        keeping.disk()
                .change(ledger ->
                        ledger.change(
                                loan.cidr(), l -> l.until() < until ? l.withUntil(until) : l));
    }

    private boolean isOwn(IpBlock block, InetAddress address) {
        return block.isHeldBy(keeping.node()) && block.givenUp(address).isEmpty();
    }

    private List<Allocation> ours(IpBlock block, InetAddress address) {
        return block.allocations().stream().filter(one -> one.address().equals(address)).toList();
    }

    private void lost(HeldBlock loan, List<Allocation> inUse) throws IOException {
        if (!loan.leaving()) {
            keeping.log()
                    .accept(
                            IpAddresses.format(loan.cidr().address())
                                    + " of block "
                                    + loan.source()
                                    + " is not lent to this node any more"
                                    + (inUse.isEmpty()
                                            ? ""
                                            : "; delete the pods that use it: "
                                                    + Reports.users(inUse)));
        }
        keeping.disk().change(ledger -> ledger.without(loan.cidr()));
    }

    /** Takes up what a block lends us and the ledger does not have: a crash came between. */
    void adopt(IpBlock shown, Living living) throws IOException {
        if (!shown.spec().network().equals(keeping.settings().network())) {
            return;
        }
        for (GivenUp one : shown.spec().givenUp()) {
            IpPrefix host = IpPrefix.host(one.address());
            if (one.borrower().equals(keeping.node())
                    && !keeping.disk().read().blocks().containsKey(host)) {
                takeUp(shown.name(), one.address(), living);
            }
        }
    }

    private void takeUp(String name, InetAddress address, Living living) throws IOException {
        long now = keeping.clock().millis();
        Optional<Stored<IpBlock>> found = keeping.store().find(Kind.IP_BLOCK, name);
        if (found.isEmpty() || !found.get().object().isLentTo(keeping.node(), address)) {
            return;
        }
        IpBlock block = found.get().object();
        // A later generation: no earlier request of this node's can be carried out after it.
        IpBlockSpec spec =
                block.spec().changeGivenUp(address, one -> one.borrowedBy(keeping.node()));
        keeping.store().replace(Kind.IP_BLOCK, block.withSpec(spec), found.get().version());
        List<Given> alive = new ArrayList<>();
        for (Allocation one : ours(block, address)) {
            if (living.lives(one)) {
                alive.add(new Given(one, now));
            }
        }
        hold(block, address, now, alive);
        keeping.log()
                .accept(
                        "took up "
                                + IpAddresses.format(address)
                                + " again, which the store says is lent to this node");
    }
}
