package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.testing.RequiresFeature;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Borrowed addresses by the carriers that the machine's own kernel may lack. */
@Tag("vm")
@Tag("soak")
class LabBorrowVmTest extends BorrowingTest {
    /** Packets a second from each to each, beside which emulated agents and plugins can work. */
    private static final int FEW = 10;

    LabBorrowVmTest() {
        super("labborrowvm");
    }

    @Test
    @RequiresFeature("ipip")
    void carrierIsIpipAndBackUnderBorrowedAddresses_losesNothing() throws Exception {
        thereAndBack("ipip", " via %s dev kakehashi-ipip ");
    }

    @Test
    @RequiresFeature("wireguard")
    void carrierIsWireguardAndBackUnderBorrowedAddresses_losesNothing() throws Exception {
        thereAndBack("wireguard", " dev kakehashi-wg ");
    }

    /**
     * From vxlan and back.
     *
     * @param way of the route to a borrowed address, with a place for the borrower's own
     */
    private void thereAndBack(String carrier, String way) throws Exception {
        Lab lab = borrowing.up();
        LabStatus.Pod guest = borrowing.guest(lab);
        String to = way.formatted(bed.node(guest.node()).address());

        LabTraffic traffic = LabTraffic.start(bed, FEW);
        borrowing.carrier(carrier);
        borrowing.awaitRoutes(lab, guest, guest.address() + to);
        borrowing.awaitReach(lab);
        LabStatus.Pod another = lab.addPod(guest.node(), "");
        assertThat(borrowing.loans()).containsEntry(another.address(), guest.node());
        borrowing.awaitRoutes(lab, another, another.address() + to);
        borrowing.awaitReach(lab);
        borrowing.carrier("vxlan");
        traffic.endedWithoutLoss();

        borrowing.awaitReach(lab);
    }
}
