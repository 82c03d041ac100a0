package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec.GivenUp;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Three nodes and a pool of two blocks, by real agents and real plugin binaries: one of the nodes
 * has nothing but what it borrows.
 */
@KernelTest
class LabBorrowKernelTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final LabBed bed =
            new LabBed(
                    new LabSpec("labborrow", 3, 1, "vxlan", 1)
                            .withIpam("pools")
                            .withPodLink("routed"));

    @AfterEach
    void down() throws IOException {
        bed.down();
        assertThat(bed.traces()).isEmpty();
    }

    /** Before the agents start, the pool is made one of two blocks. */
    private void shrinkPool(String step) {
        Path pool = bed.directory().store().resolve("ippools").resolve(LabAgents.NETWORK + ".yaml");
        if (!step.startsWith("starting") || !Files.exists(pool)) {
            return;
        }
        try {
            String text = Files.readString(pool);
            Files.writeString(
                    pool,
                    text.replace(LabTopology.POD_CIDR, "10.244.8.0/27") + "  assignment: borrow\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Who has borrowed what, by address. */
    private Map<String, String> loans() throws IOException {
        Map<String, String> loans = new TreeMap<>();
        for (IpBlock block : new LabStore(bed.directory()).blocks()) {
            for (GivenUp one : block.spec().givenUp()) {
                if (one.isBorrowed()) {
                    loans.put(IpAddresses.format(one.address()), one.borrower());
                }
            }
        }
        return loans;
    }

    @Test
    void nodeWithoutABlock_borrowsAddresses_whichComeBackWhenItIsGone() throws Exception {
        Lab lab = bed.up(this::shrinkPool);

        LabStatus.Pod guest =
                lab.status().pods().stream()
                        .filter(pod -> loansOr().containsKey(pod.address()))
                        .findFirst()
                        .orElseThrow();
        assertThat(new LabStore(bed.directory()).blocks()).hasSize(2);
        assertThat(loans()).containsEntry(guest.address(), guest.node());
        assertThat(lab.reach(Progress.SILENT).failures()).isEmpty();
        for (LabStatus.Pod other : lab.status().pods()) {
            if (!other.node().equals(guest.node())) {
                LabBed.await(
                        "the route to " + guest.address() + " on " + other.node(),
                        SOON,
                        () ->
                                bed.inNode(other.node(), "ip route")
                                        .contains(guest.address() + " via " + guest.address()));
            }
        }
        LabStatus.Pod another = lab.addPod(guest.node(), "");
        assertThat(loans()).containsEntry(another.address(), guest.node());
        assertThat(lab.reach(Progress.SILENT).failures()).isEmpty();

        Path network = new LabStore(bed.directory()).network();
        Files.writeString(
                network,
                Files.readString(network).replace("offlineSeconds: 20", "offlineSeconds: 5"));
        lab.delPod(guest.name());
        lab.delPod(another.name());
        bed.killAgent(guest.node());
        Files.delete(bed.directory().store().resolve("nodes").resolve(guest.node() + ".yaml"));

        LabBed.await("the addresses to come back", SOON, () -> loans().isEmpty());
    }

    private Map<String, String> loansOr() {
        try {
            return loans();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
