package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Borrowed addresses by real agents and real plugin binaries. */
class LabBorrowKernelTest extends BorrowingTest {
    LabBorrowKernelTest() {
        super("labborrow");
    }

    @Test
    void nodeWithoutABlock_borrowsAddresses_whichComeBackWhenItIsGone() throws Exception {
        Lab lab = borrowing.up();

        LabStatus.Pod guest = borrowing.guest(lab);
        assertThat(new LabStore(bed.directory()).blocks()).hasSize(2);
        assertThat(borrowing.loans()).containsEntry(guest.address(), guest.node());
        assertThat(lab.reach(Progress.SILENT).failures()).isEmpty();
        borrowing.awaitRoutes(lab, guest, guest.address() + " via " + guest.address());
        LabStatus.Pod another = lab.addPod(guest.node(), "");
        assertThat(borrowing.loans()).containsEntry(another.address(), guest.node());
        assertThat(lab.reach(Progress.SILENT).failures()).isEmpty();

        LabTraffic traffic = LabTraffic.start(bed);
        lab.carrier("host-gw", Progress.SILENT);
        String underlay = bed.node(guest.node()).address();
        borrowing.awaitRoutes(lab, guest, guest.address() + " via " + underlay + " dev eth0");
        lab.carrier("vxlan", Progress.SILENT);
        traffic.endedWithoutLoss();

        Files.writeString(
                borrowing.pool(),
                Files.readString(borrowing.pool())
                        .replace("assignment: borrow", "assignment: strict"));
        LabBed.await(
                "what nobody uses to go back",
                BorrowingLab.SOON,
                () ->
                        borrowing
                                .loans()
                                .equals(
                                        Map.of(
                                                guest.address(),
                                                guest.node(),
                                                another.address(),
                                                guest.node())));
        assertThatThrownBy(() -> lab.addPod(guest.node(), ""))
                .hasStackTraceContaining("this node has no free address");
        assertThat(lab.reach(Progress.SILENT).failures()).isEmpty();

        Path network = new LabStore(bed.directory()).network();
        Files.writeString(
                network,
                Files.readString(network).replace("offlineSeconds: 20", "offlineSeconds: 5"));
        lab.delPod(guest.name());
        lab.delPod(another.name());
        bed.killAgent(guest.node());
        Files.delete(bed.directory().store().resolve("nodes").resolve(guest.node() + ".yaml"));

        LabBed.await(
                "the addresses to come back", BorrowingLab.SOON, () -> borrowing.loans().isEmpty());
    }
}
