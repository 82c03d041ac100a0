package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** What must hold of nodes and their store at every moment, and in the end. */
final class SimInvariants {
    private final MemoryStore store;
    private final List<SimNode> nodes;

    /**
     * Invariants.
     *
     * @param nodes all of them; more may come
     */
    SimInvariants(MemoryStore store, List<SimNode> nodes) {
        this.store = store;
        this.nodes = nodes;
    }

    /** After each change of the store. */
    void checkStore() {
        List<IpBlock> blocks = new ArrayList<>();
        for (Stored<IpBlock> stored : store.list(Kind.IP_BLOCK).objects()) {
            if (stored.object().spec().state() != IpBlockSpec.State.PENDING) {
                blocks.add(stored.object());
            }
        }
        for (IpBlock left : blocks) {
            for (IpBlock right : blocks.subList(blocks.indexOf(left) + 1, blocks.size())) {
                must(
                        !left.spec().cidr().overlaps(right.spec().cidr()),
                        () -> String.format("blocks %s and %s overlap", left.name(), right.name()));
            }
        }
        nodes.forEach(this::checkRights);
    }

    private static void must(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }

    /**
     * What a node believes it may use is its own in the store. Of a block that is leaving it gives
     * no address, and another node may have it, and lend of it, before the answer is heard.
     */
    private void checkRights(SimNode node) {
        for (HeldBlock block : node.ledger().blocks().values()) {
            must(
                    !node.hasRight(block.cidr())
                            || (block.leaving() && !isHeld(block.cidr(), node))
                            || block.givenUp().containsAll(lent(block.cidr())),
                    () -> String.format("%s may give what it gave up of %s", node.name(), block));
            must(
                    !node.hasRight(block.cidr()) || block.leaving() || isHeld(block.cidr(), node),
                    () ->
                            String.format(
                                    "%s uses %s, which is not its own", node.name(), block.cidr()));
        }
        node.links()
                .forEach((container, addresses) -> {
                    for (InetAddress address : addresses) {
                        IpPrefix block = node.blockOf(address);
                        must(
                                !node.hasRight(block) || mayGive(node, address),
                                () ->
                                        String.format(
                                                "%s: %s has %s of %s, which is not the node's",
                                                node.name(), container, address, block));
                    }
                });
    }

    private boolean isHeld(IpPrefix block, SimNode node) {
        if (block.length() == block.bits()) {
            return mayGive(node, block.address());
        }
        return store.find(Kind.IP_BLOCK, IpBlock.nameOf(block))
                .map(stored -> stored.object().isHeldBy(node.name()))
                .orElse(false);
    }

    /** What the store says a block's own node gave up. */
    private Set<InetAddress> lent(IpPrefix block) {
        return store.find(Kind.IP_BLOCK, IpBlock.nameOf(block))
                .map(stored -> Lending.addresses(stored.object()))
                .orElse(Set.of());
    }

    /** Whose an address is, by the store. */
    private boolean mayGive(SimNode node, InetAddress address) {
        return store.list(Kind.IP_BLOCK).objects().stream()
                .map(Stored::object)
                .filter(block -> block.spec().cidr().contains(address))
                .anyMatch(block ->
                        block.givenUp(address)
                                .map(one -> one.borrower().equals(node.name()))
                                .orElseGet(() -> block.isHeldBy(node.name())));
    }

    /** After each change of a ledger. */
    void checkLedger(SimNode node, Ledger before, Ledger after) {
        for (InetAddress address : after.given().keySet()) {
            if (!before.given().containsKey(address)) {
                HeldBlock block = after.blockOf(address).orElseThrow();
                must(
                        mayGive(node, address),
                        () ->
                                String.format(
                                        "%s gave %s of %s, which is not its own",
                                        node.name(), address, block.cidr()));
            }
        }
        checkRights(node);
    }

    /** Before an interface gets addresses. */
    void checkLink(SimNode node, List<InetAddress> addresses) {
        for (SimNode other : nodes) {
            other.links()
                    .forEach((container, theirs) -> {
                        for (InetAddress address : theirs) {
                            boolean used =
                                    other.equals(node) || other.hasRight(other.blockOf(address));
                            must(
                                    !used || !addresses.contains(address),
                                    () ->
                                            String.format(
                                                    "%s twice, also for %s", address, container));
                        }
                    });
        }
    }

    private boolean isOff(String name) {
        return nodes.stream().anyMatch(node -> node.name().equals(name) && node.isOff());
    }

    /** Once nothing goes wrong any more: nothing is lost, nothing left. */
    void checkQuiet() {
        Set<InetAddress> all = new HashSet<>();
        Set<String> held = new HashSet<>();
        Set<String> loans = new HashSet<>();
        for (SimNode node : nodes) {
            if (!node.isOff()) {
                node.checkQuiet();
                node.ledger()
                        .blocks()
                        .values()
                        .forEach(block ->
                                (block.isBorrowed() ? loans : held)
                                        .add(
                                                block.isBorrowed()
                                                        ? block.cidr() + " " + node.name()
                                                        : IpBlock.nameOf(block.cidr())));
                all.addAll(node.ledger().given().keySet());
            }
        }
        List<IpBlock> blocks =
                store.list(Kind.IP_BLOCK).objects().stream().map(Stored::object).toList();
        List<String> lent = new ArrayList<>();
        for (IpBlock block : blocks) {
            for (IpBlockSpec.GivenUp one : block.spec().givenUp()) {
                if (one.isBorrowed()) {
                    lent.add(IpPrefix.host(one.address()) + " " + one.borrower());
                }
            }
        }
        assertThat(lent)
                .as("lent in the store, and on the disks")
                .containsExactlyInAnyOrderElementsOf(loans);
        assertThat(blocks.stream().map(IpBlock::name).toList())
                .as("blocks in the store, and on the disks")
                .containsExactlyInAnyOrderElementsOf(held);
        assertThat(
                        blocks.stream()
                                .flatMap(block -> block.allocations().stream())
                                .filter(one -> !isOff(one.node()))
                                .map(Allocation::address)
                                .toList())
                .as("published = allocated")
                .containsExactlyInAnyOrderElementsOf(all);
    }
}
