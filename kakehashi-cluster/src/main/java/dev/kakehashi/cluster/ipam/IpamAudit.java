package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolStatus;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares store, ledger and kernel, and names what does not fit together. Pure. */
public final class IpamAudit {
    /**
     * Something that does not fit.
     *
     * @param object which block or address
     * @param problem what is wrong with it
     * @param remedy what becomes of it, or what to do
     */
    public record Finding(String object, String problem, String remedy) {}

    private final List<Finding> findings = new ArrayList<>();

    private IpamAudit() {}

    private void found(Object object, String problem, String remedy) {
        findings.add(new Finding(String.valueOf(object), problem, remedy));
    }

    /** What does not fit in the store by itself. */
    public static List<Finding> ofStore(
            String network, List<IpPool> pools, List<IpBlock> blocks, List<Node> nodes) {
        IpamAudit audit = new IpamAudit();
        List<IpBlock> sorted =
                blocks.stream()
                        .filter(block -> block.spec().network().equals(network))
                        .sorted(Comparator.comparing(block -> block.spec().cidr()))
                        .toList();
        Map<InetAddress, String> users = new HashMap<>();
        for (int i = 0; i < sorted.size(); i++) {
            IpBlock block = sorted.get(i);
            if (i > 0 && sorted.get(i - 1).spec().cidr().overlaps(block.spec().cidr())) {
                audit.found(
                        block.spec().cidr(),
                        "overlaps block " + sorted.get(i - 1).spec().cidr(),
                        "one of the two was not made by a node: delete it");
            }
            audit.owner(block.spec(), pools, nodes);
            for (Allocation one : block.allocations()) {
                String other = users.put(one.address(), one.handle().toString());
                if (other != null) {
                    audit.found(
                            IpAddresses.format(one.address()),
                            "is in use by " + other + " and by " + one.handle(),
                            "delete one of the two pods");
                }
            }
        }
        return audit.findings;
    }

    private void owner(IpBlockSpec block, List<IpPool> pools, List<Node> nodes) {
        if (nodes.stream().noneMatch(node -> node.name().equals(block.node()))) {
            boolean lent = block.givenUp().stream().anyMatch(IpBlockSpec.GivenUp::isBorrowed);
            found(
                    block.cidr(),
                    "is held by node " + block.node() + ", of which there is no Node",
                    lent
                            ? "addresses of it are lent: another node takes it over when the"
                                    + " node's right to work offline has run out"
                            : "another node of Network "
                                    + block.network()
                                    + " gives it back when the node's right to work offline has"
                                    + " run out; sooner, or where there is none:"
                                    + " `kakehashi ipam release --fenced`");
        }
        Optional<IpPool> pool =
                pools.stream().filter(p -> p.name().equals(block.pool())).findFirst();
        if (pool.isEmpty() || pool.get().status().phase() != IpPoolStatus.Phase.ACTIVE) {
            found(
                    block.cidr(),
                    "is of IPPool "
                            + block.pool()
                            + (pool.isEmpty() ? ", which is gone" : ", which is not active"),
                    "it goes back when its last pod is gone");
            return;
        }
        IpPrefix cidr = pool.get().status().cidr().orElseThrow();
        if (!cidr.contains(block.cidr())) {
            found(
                    block.cidr(),
                    "is not in " + cidr + " of IPPool " + block.pool() + ", which was made again",
                    "it goes back when its last pod is gone");
        }
    }

    /**
     * What does not fit on a node.
     *
     * @param node its name
     * @param blocks all blocks of the store
     * @param living tells what lives on the node
     */
    public static List<Finding> ofNode(
            String node, Ledger ledger, List<IpBlock> blocks, Living living) {
        IpamAudit audit = new IpamAudit();
        Map<IpPrefix, IpBlock> stored = new HashMap<>();
        for (IpBlock block : blocks) {
            if (block.isHeldBy(node)) {
                stored.put(block.spec().cidr(), block);
            }
            for (IpBlockSpec.GivenUp one : block.spec().givenUp()) {
                if (one.borrower().equals(node)) {
                    stored.put(IpPrefix.host(one.address()), block);
                }
            }
        }
        for (IpPrefix held : ledger.blocks().keySet()) {
            if (!stored.containsKey(held)) {
                audit.found(
                        held,
                        "is in the ledger of node " + node + " and not its own in the store",
                        "the agent drops it when it reaches the store; delete the pods that use it");
            }
        }
        for (IpPrefix held : stored.keySet()) {
            if (!ledger.blocks().containsKey(held)) {
                audit.found(
                        held,
                        "is node " + node + "'s in the store and not in its ledger",
                        "the agent takes it up: is it running?");
            }
        }
        for (Given given : ledger.given().values()) {
            audit.given(given.allocation(), stored, living);
        }
        for (IpBlock block : Set.copyOf(stored.values())) {
            for (Allocation one : Reports.of(block, node)) {
                if (!ledger.given().containsKey(one.address())) {
                    audit.found(
                            IpAddresses.format(one.address()),
                            "is reported to be in use by " + one.handle() + " and was taken back",
                            "the agent corrects the report: is it running?");
                }
            }
        }
        return audit.findings;
    }

    private void given(Allocation one, Map<IpPrefix, IpBlock> stored, Living living) {
        String address = IpAddresses.format(one.address());
        if (!living.lives(one)) {
            found(
                    address,
                    "is in use by " + one.handle() + ", of which the kernel has nothing",
                    "the agent takes it back within minutes; sooner with `kakehashi ipam release "
                            + address
                            + "`");
        }
        boolean reported =
                stored.values().stream()
                        .flatMap(block -> block.allocations().stream())
                        .anyMatch(other ->
                                other.handle().equals(one.handle())
                                        && other.address().equals(one.address()));
        if (!reported) {
            found(
                    address,
                    "is in use by " + one.handle() + ", and the store does not know it",
                    "the agent reports it: is it running, and does it reach the store?");
        }
    }
}
