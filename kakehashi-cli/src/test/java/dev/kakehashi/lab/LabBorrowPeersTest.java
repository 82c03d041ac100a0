package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Borrowed addresses that BIRD tells of, each a route of its own. */
@Tag("peers")
class LabBorrowPeersTest extends BorrowingTest {
    private static final Path BIRD =
            Path.of(System.getProperty("kakehashi.peers", "")).resolve("bird/bird");

    LabBorrowPeersTest() {
        super("labbgp");
    }

    @Test
    void carrierIsBgpAndBackUnderBorrowedAddresses_losesNothing() throws Exception {
        assumeTrue(Files.isExecutable(BIRD), "no BIRD in " + BIRD);
        Lab lab = borrowing.up();
        for (String node : List.of("node1", "node2", "node3")) {
            bed.killAgent(node);
            bed.startAgent(node, List.of("--bird", BIRD.toString()));
        }
        LabStatus.Pod guest = borrowing.guest(lab);
        String underlay = bed.node(guest.node()).address();

        LabTraffic traffic = LabTraffic.start(bed);
        lab.carrier("bgp", Progress.SILENT);
        borrowing.awaitRoutes(
                lab, guest, guest.address() + " via " + underlay + " dev eth0 proto bird");
        assertThat(lab.reach(Progress.SILENT).failures()).isEmpty();
        LabStatus.Pod another = lab.addPod(guest.node(), "");
        assertThat(borrowing.loans()).containsEntry(another.address(), guest.node());
        borrowing.awaitRoutes(
                lab, another, another.address() + " via " + underlay + " dev eth0 proto bird");
        lab.carrier("vxlan", Progress.SILENT);
        traffic.endedWithoutLoss();

        assertThat(lab.reach(Progress.SILENT).failures()).isEmpty();
    }
}
