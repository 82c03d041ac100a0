package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolStatus;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpPrefix;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Keeps a node's blocks: claims them ahead of need, renews the right to use them, publishes what
 * was given, and gives back what is not needed. On one thread of one process of the node.
 *
 * <p>A run looks at ledger and store and takes the steps that are missing; each step is one
 * compare-and-set or one change of the ledger, and each can be the last before a crash. What the
 * store answered or did not answer is never remembered beyond the run: the next one looks again.
 */
public final class BlockKeeper {
    private final Store store;
    private final ClusterView view;
    private final LedgerDisk disk;
    private final InstantSource clock;
    private final IpamSettings settings;
    private final Consumer<String> log;
    private final Keeping keeping;
    private final PoolAdmission admission;
    private final Lending lending;
    private final Borrowing borrowing;
    private final Claiming claiming;
    private final HeardNamespaces namespaces = new HeardNamespaces();

    /**
     * A keeper.
     *
     * @param clock the time since the machine started, suspended or not
     * @param random spreads nodes
     * @param log told of each change: what, and why
     */
    public BlockKeeper(
            Store store,
            ClusterView view,
            LedgerDisk disk,
            InstantSource clock,
            RandomGenerator random,
            IpamSettings settings,
            Consumer<String> log) {
        this.store = store;
        this.view = view;
        this.disk = disk;
        this.clock = clock;
        this.settings = settings;
        this.log = log;
        this.keeping = new Keeping(store, view, disk, clock, random, settings, log);
        this.admission = new PoolAdmission(store, settings.node(), InstantSource.system());
        this.lending = new Lending(keeping);
        this.borrowing = new Borrowing(keeping);
        this.claiming = new Claiming(keeping, borrowing);
    }

    /**
     * Takes the steps that are missing now.
     *
     * @param living tells which attachments live, by what the kernel has
     * @throws IOException when store or disk fail; the next run goes on where this one ended
     */
    public void run(Living living) throws IOException {
        for (IpPool pool : view.pools()) {
            if (pool.spec().network().equals(settings.network())) {
                admission.look(pool, view.network());
            }
        }
        learnRules();
        for (HeldBlock block : disk.read().blocks().values()) {
            try {
                if (block.isBorrowed()) {
                    borrowing.renew(block);
                } else {
                    renew(block);
                }
            } catch (ConflictException e) {
                // Another node, of those that lend and borrow of it, was faster: the next run.
            }
        }
        claiming.adopt(living);
        for (PoolRules pool : disk.read().pools()) {
            claiming.claim(pool);
        }
        giveBack();
    }

    /** Whether the node has an address of each family to give: the sign that pods may come. */
    public boolean isReady() throws IOException {
        return Exhaustion.find(disk.read(), clock.millis()).isEmpty();
    }

    /** Why the node is not ready, for a person; empty when it is. */
    public String shortage() throws IOException {
        return Exhaustion.find(disk.read(), clock.millis()).orElse("");
    }

    private void learnRules() throws IOException {
        Map<String, String> labels =
                view.node(settings.node()).map(LabelSelector::labelsOf).orElse(Map.of());
        List<PoolRules> rules =
                view.pools().stream()
                        .filter(pool -> pool.spec().network().equals(settings.network()))
                        .filter(pool -> pool.status().phase() == IpPoolStatus.Phase.ACTIVE)
                        .filter(pool -> pool.spec().nodeSelector().matches(labels))
                        .map(pool -> PoolRules.of(pool, view.network()))
                        .toList();
        // None at all is none heard of: what was last seen holds, also while the store is away.
        Map<String, NamespaceRules> heard = namespaces.rules(view.namespaces(), rules);
        Ledger known = disk.read();
        if (!known.pools().equals(rules)
                || (!heard.isEmpty() && !known.namespaces().equals(heard))) {
            // At once: of the labels those are known that the pools ask about.
            disk.change(ledger ->
                    ledger.withPools(rules)
                            .withNamespaces(heard.isEmpty() ? ledger.namespaces() : heard));
        }
    }

    /**
     * Reads one of our blocks and does what it lacks. A block that is not ours any more is lost.
     */
    private void renew(HeldBlock block) throws IOException {
        Ledger ledger = disk.read();
        List<Allocation> inUse = Reports.inUse(ledger, block.cidr());
        long now = clock.millis();
        String name = IpBlock.nameOf(block.cidr());
        boolean told =
                view.block(name)
                        .filter(shown ->
                                inUse.equals(Reports.of(shown, settings.node()))
                                        && !lending.isDue(ledger, block, shown))
                        .isPresent();
        if (told && !block.leaving() && !keeping.isDue(block, now)) {
            return;
        }
        Optional<Stored<IpBlock>> found = store.find(Kind.IP_BLOCK, name);
        if (found.isEmpty() || !found.get().object().isHeldBy(settings.node())) {
            log.accept(
                    "block "
                            + block.cidr()
                            + " is not this node's any more: "
                            + owner(found)
                            + (inUse.isEmpty()
                                    ? ""
                                    : "; delete the pods that use it: " + Reports.users(inUse)));
            disk.change(l -> l.without(block.cidr()));
            return;
        }
        if (block.leaving()) {
            store.remove(Kind.IP_BLOCK, name, found.get().version());
            disk.change(l -> l.without(block.cidr()));
            log.accept("gave block " + block.cidr() + " back to pool " + block.pool());
            return;
        }
        IpBlock wanted =
                Reports.replace(
                        lending.prepare(block.cidr(), alive(found.get().object())),
                        one -> one.node().equals(settings.node()),
                        inUse);
        if (!wanted.equals(found.get().object())) {
            store.replace(Kind.IP_BLOCK, wanted, found.get().version());
        }
        lending.settle(block.cidr(), wanted);
        extend(block.cidr(), now);
    }

    private static String owner(Optional<Stored<IpBlock>> found) {
        return found.map(stored -> "it is node " + stored.object().spec().node() + "'s")
                .orElse("it was removed from the store");
    }

    /** The block without the mark of who waits for its node's end. */
    private static IpBlock alive(IpBlock block) {
        return block.spec().state() == IpBlockSpec.State.RECLAIMING
                ? block.withSpec(block.spec().withState(IpBlockSpec.State.CONFIRMED, ""))
                : block;
    }

    /** The right lasts from before the store was asked: who marks the block later waits longer. */
    private void extend(IpPrefix cidr, long asked) throws IOException {
        long until = keeping.until(asked);
        disk.change(ledger ->
                ledger.change(
                        cidr, block -> block.until() < until ? block.withUntil(until) : block));
    }

    /** Marks a block that nobody uses as leaving, if enough addresses are free without it. */
    private void giveBack() throws IOException {
        Ledger ledger = disk.read();
        for (HeldBlock block : ledger.blocks().values()) {
            if (isSpare(ledger, block)) {
                disk.change(l -> l.change(block.cidr(), b -> isSpare(l, b) ? b.asLeaving() : b));
                return; // the next run sees what is free then
            }
        }
    }

    private boolean isSpare(Ledger ledger, HeldBlock block) {
        if (block.leaving() || ledger.used(block) > 0 || !block.givenUp().isEmpty()) {
            return false;
        }
        long now = clock.millis();
        for (var cooling : ledger.cooling().entrySet()) {
            if (block.cidr().contains(cooling.getKey())
                    && now - cooling.getValue() < Allocator.COOL_DOWN_MILLIS) {
                return false;
            }
        }
        Optional<PoolRules> pool = ledger.pool(block.pool());
        if (pool.isEmpty() || pool.get().disabled() || !Allocator.isFor(pool.get(), block)) {
            return true;
        }
        int without =
                Allocator.free(ledger, pool.get(), now) - BlockAddresses.forPods(block.cidr());
        return without >= 2 * (block.isBorrowed() ? borrowing.ahead() : settings.minFree());
    }
}
