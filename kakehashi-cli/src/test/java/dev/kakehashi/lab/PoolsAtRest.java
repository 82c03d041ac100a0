package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.node.AttachmentsInKernel;
import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.ipam.Given;
import dev.kakehashi.cluster.ipam.IpamAudit;
import dev.kakehashi.cluster.ipam.Ledger;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.cluster.store.DirectoryStore;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.state.Ownership;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What store, disks and kernels of a lab say of its pods' addresses when nobody works on them: the
 * same. Addresses are written as {@code node/pod address}.
 */
final class PoolsAtRest {
    private static final Path STATE = Path.of("/var/lib/kakehashi");

    private final LabDirectory directory;
    private final List<LabNode> nodes;

    PoolsAtRest(LabDirectory directory, List<LabNode> nodes) {
        this.directory = directory;
        this.nodes = nodes;
    }

    /** The pods that live. */
    Set<String> living() throws IOException {
        Set<String> all = new TreeSet<>();
        for (LabPod pod : new LabFiles(directory).pods()) {
            all.add(text(pod.node(), pod.name(), pod.address()));
        }
        return all;
    }

    /** What is told in the blocks. */
    Set<String> published() throws IOException {
        Set<String> all = new TreeSet<>();
        for (IpBlock block : new LabStore(directory).blocks()) {
            for (Allocation one : block.allocations()) {
                all.add(text(one));
            }
        }
        return all;
    }

    /** What the ledgers have given. */
    Set<String> given() throws IOException {
        Set<String> all = new TreeSet<>();
        for (LabNode node : nodes) {
            for (Given one : ledger(node).given().values()) {
                all.add(text(one.allocation()));
            }
        }
        return all;
    }

    private Ledger ledger(LabNode node) throws IOException {
        return Ledgers.in(directory.inPlaceOf(node.name(), STATE)).of(LabAgents.NETWORK).read();
    }

    /** The interfaces in the pods' namespaces, by what the kernel says of each. */
    Set<String> inKernel() throws IOException {
        Set<String> all = new TreeSet<>();
        try (NodeSandboxes sandboxes = new NodeSandboxes(directory)) {
            for (LabPod pod : new LabFiles(directory).pods()) {
                LabNode node =
                        nodes.stream()
                                .filter(n -> n.name().equals(pod.node()))
                                .findFirst()
                                .orElseThrow();
                for (String address : sandboxes.of(node).call(() -> addresses(pod.netns()))) {
                    all.add(text(pod.node(), pod.name(), address));
                }
            }
        }
        return all;
    }

    private static List<String> addresses(Path pod) throws IOException {
        List<String> found = new ArrayList<>();
        try (Netns netns = Netns.open(pod);
                RtNetlink kernel = RtNetlink.open(netns)) {
            for (Link link : kernel.links()) {
                if (link.name().equals(LabPod.INTERFACE)) {
                    for (Address one : kernel.addresses(link.index())) {
                        if (one.prefix().bits() == Integer.SIZE) {
                            found.add(IpAddresses.format(one.prefix().address()));
                        }
                    }
                }
            }
        }
        return found;
    }

    /** The hosts' ends: those that belong to nobody, and pods that have none. */
    List<String> strayLinks() throws IOException {
        List<String> stray = new ArrayList<>();
        for (LabNode node : nodes) {
            Set<String> owners = new HashSet<>();
            for (LabPod pod : new LabFiles(directory).pods()) {
                if (pod.node().equals(node.name())) {
                    owners.add(
                            new Attachment(LabAgents.NETWORK, pod.containerId(), LabPod.INTERFACE)
                                    .owner());
                }
            }
            try (Netns netns = Netns.open(LabDirectory.netns(node.netns()));
                    RtNetlink kernel = RtNetlink.open(netns)) {
                for (Link link : kernel.links()) {
                    if (link.kind().map(LinkKind::name).equals(Optional.of("veth"))
                            && !link.name().equals(LabWiring.NODE_INTERFACE)
                            && !(Ownership.isOurAlias(link.alias())
                                    && owners.remove(Ownership.ownerOf(link.alias())))) {
                        stray.add(node.name() + " " + link.name() + " " + link.alias());
                    }
                }
            }
            owners.forEach(owner -> stray.add(node.name() + " has no link for " + owner));
        }
        return stray;
    }

    /** What {@code kakehashi ipam check} says, on every node. */
    List<String> findings() throws IOException {
        LabStore store = new LabStore(directory);
        List<IpBlock> blocks = store.blocks();
        List<IpamAudit.Finding> all =
                new ArrayList<>(
                        IpamAudit.ofStore(LabAgents.NETWORK, pools(), blocks, store.nodes()));
        try (NodeSandboxes sandboxes = new NodeSandboxes(directory)) {
            for (LabNode node : nodes) {
                all.addAll(
                        sandboxes
                                .of(node)
                                .call(() -> {
                                    try (RtNetlink kernel = RtNetlink.open()) {
                                        return IpamAudit.ofNode(
                                                node.name(),
                                                ledger(node),
                                                blocks,
                                                new AttachmentsInKernel(kernel, LabAgents.NETWORK));
                                    }
                                }));
            }
        }
        return all.stream().map(IpamAudit.Finding::toString).toList();
    }

    private List<IpPool> pools() throws IOException {
        try (DirectoryStore store = DirectoryStore.open(directory.store())) {
            return store.list(Kind.IP_POOL).objects().stream().map(Stored::object).toList();
        }
    }

    /** That no address is in two places, and each is in a block of its node or lent to it. */
    void assertNothingTwice() throws IOException {
        Map<String, String> users = new TreeMap<>();
        List<IpBlock> blocks = new LabStore(directory).blocks();
        for (String one : inKernel()) {
            String address = one.substring(one.indexOf(' ') + 1);
            assertThat(users.put(address, one)).as("who else has %s", one).isNull();
        }
        for (IpBlock block : blocks) {
            for (IpBlock other : blocks) {
                boolean same = block.name().equals(other.name());
                assertThat(same || !block.spec().cidr().overlaps(other.spec().cidr()))
                        .as("%s and %s", block, other)
                        .isTrue();
            }
        }
        for (LabNode node : nodes) {
            for (IpPrefix held : ledger(node).blocks().keySet()) {
                assertThat(blocks.stream().map(IpBlock::spec))
                        .as("%s of %s", held, node.name())
                        .anyMatch(block -> isOf(block, held, node.name()));
            }
        }
    }

    private static boolean isOf(IpBlockSpec block, IpPrefix held, String node) {
        return (block.cidr().equals(held) && block.node().equals(node))
                || block.givenUp().stream()
                        .anyMatch(one ->
                                one.borrower().equals(node)
                                        && IpPrefix.host(one.address()).equals(held));
    }

    private static String text(Allocation one) {
        return text(one.node(), one.handle().containerId(), IpAddresses.format(one.address()));
    }

    private static String text(String node, String pod, String address) {
        return node + "/" + pod + " " + address;
    }
}
