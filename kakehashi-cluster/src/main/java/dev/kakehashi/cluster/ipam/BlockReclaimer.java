package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpBlockSpec.GivenUp;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolStatus;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpAddresses;

import java.net.InetAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Gives back the blocks of nodes that are gone, once they can no longer use them: those of the
 * node's own Network alone, since another may let its nodes work offline for longer. On one thread.
 *
 * <p>A block is marked first. From then on its node, which renews its right by reading the block,
 * would see the mark and take it away again; so what right it has ends at the latest one {@code
 * offline} after the mark. Whoever has seen the same mark for that long by a clock of its own, and
 * finds the Node still gone, removes the block, or takes it over if others have borrowed of it:
 * they keep what they have. No two clocks are compared.
 */
public final class BlockReclaimer {
    /** Clocks do not run at the same speed: one in ten is far more than any differ. */
    private static final long MARGIN_DIVISOR = 10;

    private record Seen(long generation, long since) {}

    private record LoanMark(long mark, long since) {}

    private final Store store;
    private final ClusterView view;
    private final InstantSource clock;
    private final IpamSettings settings;
    private final Consumer<String> log;
    private final Map<String, Seen> marks = new HashMap<>();
    private final Map<InetAddress, LoanMark> loanMarks = new HashMap<>();

    /** A reclaimer; {@code clock} is the time since the machine started. */
    public BlockReclaimer(
            Store store,
            ClusterView view,
            InstantSource clock,
            IpamSettings settings,
            Consumer<String> log) {
        this.store = store;
        this.view = view;
        this.clock = clock;
        this.settings = settings;
        this.log = log;
    }

    /**
     * Takes the steps that can be taken now.
     *
     * @throws StoreException when the store fails
     */
    public void run() throws StoreException {
        for (IpBlock block : view.blocks()) {
            if (!block.spec().network().equals(settings.network())) {
                continue;
            }
            String node = block.spec().node();
            loans(block);
            if (node.equals(settings.node()) || view.node(node).isPresent()) {
                marks.remove(block.name());
            } else if (store.find(Kind.NODE, node).isEmpty()) {
                try {
                    look(block.name(), node);
                } catch (ConflictException e) {
                    marks.remove(block.name()); // somebody else is at it, or the node is back
                }
            }
        }
    }

    private void look(String name, String node) throws StoreException {
        Optional<Stored<IpBlock>> found = store.find(Kind.IP_BLOCK, name);
        if (found.isEmpty() || !found.get().object().spec().node().equals(node)) {
            marks.remove(name);
            return;
        }
        Stored<IpBlock> block = found.get();
        switch (block.object().spec().state()) {
            case PENDING -> remove(block, "its claim was never finished");
            case CONFIRMED -> mark(block);
            case RECLAIMING -> {
                // Not its version, which changes with each report of those who borrowed of it: who
                // takes the mark away makes another generation.
                long generation = block.object().spec().generation();
                Seen seen = marks.get(name);
                long now = clock.millis();
                if (seen == null || seen.generation() != generation) {
                    marks.put(name, new Seen(generation, now));
                } else if (now - seen.since() >= patience()) {
                    if (block.object().spec().givenUp().stream().anyMatch(GivenUp::isBorrowed)) {
                        takeOver(block);
                    } else {
                        remove(block, "its right to work without the store has run out");
                    }
                }
            }
        }
    }

    /**
     * Makes a block this node's own but for what other nodes borrowed of it; if the node may have
     * blocks of its pool. What this node had borrowed itself is given up no more.
     */
    private void takeOver(Stored<IpBlock> stored) throws StoreException {
        IpBlock block = stored.object();
        String old = block.spec().node();
        if (!mayClaim(block.spec().pool())) {
            return;
        }
        IpBlock ours =
                Reports.replace(
                        block.withSpec(block.spec().takenOver(settings.node())),
                        // This node's are told anew, by its ledger.
                        one -> one.node().equals(old) || one.node().equals(settings.node()),
                        List.of());
        store.replace(Kind.IP_BLOCK, ours, stored.version());
        marks.remove(block.name());
        log.accept(
                "took over block "
                        + block.spec().cidr()
                        + ", of which addresses are lent: Node "
                        + old
                        + " is gone and its right to work without the store has run out");
    }

    private boolean mayClaim(String pool) {
        Map<String, String> labels =
                view.node(settings.node()).map(LabelSelector::labelsOf).orElse(Map.of());
        return view.pools().stream()
                .filter(one -> one.name().equals(pool))
                .filter(one -> one.status().phase() == IpPoolStatus.Phase.ACTIVE)
                .map(IpPool::spec)
                .anyMatch(spec -> !spec.disabled() && spec.nodeSelector().matches(labels));
    }

    /** What nodes that are gone borrowed of a block. */
    private void loans(IpBlock block) throws StoreException {
        for (GivenUp one : block.spec().givenUp()) {
            if (one.isBorrowed()
                    && !one.borrower().equals(settings.node())
                    && view.node(one.borrower()).isEmpty()
                    && store.find(Kind.NODE, one.borrower()).isEmpty()) {
                try {
                    lookAtLoan(block.name(), one);
                } catch (ConflictException e) {
                    // somebody else is at it, or the node is back
                }
            }
        }
    }

    /**
     * As with blocks: the mark is the generation at which it was made, which no other mark has, so
     * that whoever sees the same one after that time knows that its borrower did not take it away.
     */
    private void lookAtLoan(String name, GivenUp shown) throws StoreException {
        InetAddress address = shown.address();
        Optional<Stored<IpBlock>> found = store.find(Kind.IP_BLOCK, name);
        if (found.isEmpty() || !found.get().object().isLentTo(shown.borrower(), address)) {
            loanMarks.remove(address);
            return;
        }
        IpBlock block = found.get().object();
        IpBlockSpec spec = block.spec();
        long mark = block.givenUp(address).orElseThrow().mark();
        LoanMark seen = loanMarks.get(address);
        long now = clock.millis();
        if (mark == 0) {
            long made = spec.generation() + 1;
            IpBlockSpec marked = spec.changeGivenUp(address, one -> one.marked(made));
            store.replace(Kind.IP_BLOCK, block.withSpec(marked), found.get().version());
            loanMarks.put(address, new LoanMark(made, now));
        } else if (seen == null || seen.mark() != mark) {
            loanMarks.put(address, new LoanMark(mark, now));
        } else if (now - seen.since() >= patience()) {
            IpBlock without =
                    Reports.replace(block, one -> one.address().equals(address), List.of());
            store.replace(
                    Kind.IP_BLOCK,
                    without.withSpec(spec.changeGivenUp(address, one -> one.borrowedBy(""))),
                    found.get().version());
            loanMarks.remove(address);
            log.accept(
                    "gave "
                            + IpAddresses.format(address)
                            + " back to node "
                            + spec.node()
                            + ": Node "
                            + shown.borrower()
                            + ", which had borrowed it, is gone and its right to work without the"
                            + " store has run out");
        }
    }

    private long patience() {
        long offline = settings.offline().toMillis();
        return offline + offline / MARGIN_DIVISOR;
    }

    private void mark(Stored<IpBlock> block) throws StoreException {
        IpBlockSpec marked =
                block.object().spec().withState(IpBlockSpec.State.RECLAIMING, settings.node());
        store.replace(Kind.IP_BLOCK, block.object().withSpec(marked), block.version());
        marks.put(block.object().name(), new Seen(marked.generation(), clock.millis()));
        log.accept(
                "block "
                        + block.object().spec().cidr()
                        + ": Node "
                        + block.object().spec().node()
                        + " is gone; it comes back in "
                        + patience() / 1000
                        + " s");
    }

    private void remove(Stored<IpBlock> block, String why) throws StoreException {
        store.remove(Kind.IP_BLOCK, block.object().name(), block.version());
        marks.remove(block.object().name());
        log.accept(
                "gave block "
                        + block.object().spec().cidr()
                        + " back to pool "
                        + block.object().spec().pool()
                        + ": Node "
                        + block.object().spec().node()
                        + " is gone and "
                        + why);
    }
}
