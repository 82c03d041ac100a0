package dev.kakehashi.lab;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec.GivenUp;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.linux.IpAddresses;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Three nodes and a pool of two blocks: one of the nodes has nothing but what it borrows. */
final class BorrowingLab {
    static final Duration SOON = Patience.ofEnvironment().with(Duration.ofSeconds(20));

    private final LabBed bed;

    BorrowingLab(String name) {
        this.bed =
                new LabBed(
                        new LabSpec(name, 3, 1, "vxlan", 1)
                                .withIpam("pools")
                                .withPodLink("routed"));
    }

    LabBed bed() {
        return bed;
    }

    Lab up() throws IOException {
        return bed.up(this::shrinkPool);
    }

    /** Before the agents start, the pool is made one of two blocks. */
    private void shrinkPool(String step) {
        if (!step.startsWith("starting") || !Files.exists(pool())) {
            return;
        }
        try {
            String text = Files.readString(pool());
            Files.writeString(
                    pool(),
                    text.replace(LabTopology.POD_CIDR, "10.244.8.0/27") + "  assignment: borrow\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file of the pool. */
    Path pool() {
        return bed.directory().store().resolve("ippools").resolve(LabAgents.NETWORK + ".yaml");
    }

    /** Who has borrowed what, by address. */
    Map<String, String> loans() {
        Map<String, String> loans = new TreeMap<>();
        try {
            for (IpBlock block : new LabStore(bed.directory()).blocks()) {
                for (GivenUp one : block.spec().givenUp()) {
                    if (one.isBorrowed()) {
                        loans.put(IpAddresses.format(one.address()), one.borrower());
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return loans;
    }

    /** The pod with a borrowed address. */
    LabStatus.Pod guest(Lab lab) throws IOException {
        return lab.status().pods().stream()
                .filter(pod -> loans().containsKey(pod.address()))
                .findFirst()
                .orElseThrow();
    }

    /** Changes the carrier, and waits until no node takes anything by the old one any more. */
    void carrier(String carrier) throws Exception {
        LabStore store = new LabStore(bed.directory());
        store.writeNetwork(new LabFiles(bed.directory()).readSpec().withCarrier(carrier));
        String settled = "{\"receives\":[\"%1$s\"],\"sends\":\"%1$s\"}".formatted(carrier);
        LabBed.await(
                "all nodes to go over to " + carrier,
                SOON,
                () ->
                        store.nodes().stream()
                                .map(node -> node.metadata().annotations())
                                .allMatch(said ->
                                        settled.equals(said.get(NodeAnnotations.CARRIERS))));
    }

    /** Waits until everybody reaches everybody. */
    void awaitReach(Lab lab) throws Exception {
        LabBed.await("all ways", SOON, () -> lab.reach(Progress.SILENT).failures().isEmpty());
    }

    /** Waits until other nodes have this among their routes. */
    void awaitRoutes(Lab lab, LabStatus.Pod guest, String route) throws Exception {
        for (LabStatus.Pod other : lab.status().pods()) {
            if (!other.node().equals(guest.node())) {
                LabBed.await(
                        route + " on " + other.node(),
                        SOON,
                        () -> bed.inNode(other.node(), "ip route").contains(route));
            }
        }
    }
}
