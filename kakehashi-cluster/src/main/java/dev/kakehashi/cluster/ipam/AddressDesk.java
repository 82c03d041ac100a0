package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.AllocationHandle;

import java.io.IOException;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;

/**
 * Gives addresses and takes them back, by the ledger alone. An address is on disk before anybody
 * hears of it.
 */
public final class AddressDesk {
    private final LedgerDisk disk;
    private final String node;
    private final InstantSource sinceBoot;
    private final InstantSource date;

    private AddressDesk(LedgerDisk disk, String node, InstantSource sinceBoot, InstantSource date) {
        this.disk = disk;
        this.node = node;
        this.sinceBoot = sinceBoot;
        this.date = date;
    }

    /**
     * A desk.
     *
     * @param node name of the Node
     * @param sinceBoot the time since the machine started, suspended or not
     */
    public static AddressDesk of(LedgerDisk disk, String node, InstantSource sinceBoot) {
        return new AddressDesk(disk, node, sinceBoot, Clock.systemUTC());
    }

    /**
     * Gives an attachment its addresses, or those again that it has.
     *
     * @return with the addresses the ledger that holds their blocks
     * @throws IOException when the ledger cannot be written; nothing was given then
     */
    public Ledger give(AddressRequest request)
            throws IOException, AddressesExhaustedException, AddressRefusedException {
        // One of them at least is the reason why the ledger could not be changed.
        try {
            return disk.change(ledger -> {
                try {
                    return Allocator.give(
                            ledger, node, request, sinceBoot.millis(), date.instant());
                } catch (AddressesExhaustedException | AddressRefusedException e) {
                    throw new NotGivenException(e);
                }
            });
        } catch (NotGivenException e) {
            if (e.reason() instanceof AddressesExhaustedException exhausted) {
                throw exhausted;
            }
            throw (AddressRefusedException) e.reason();
        }
    }

    /**
     * Takes back what an attachment has.
     *
     * @throws IOException when the ledger cannot be written; it has its addresses still then
     */
    public void takeBack(String containerId, String interfaceName) throws IOException {
        takeBackIf(handle -> handle.isOf(containerId, interfaceName));
    }

    /**
     * Takes back what all these attachments have.
     *
     * @throws IOException when the ledger cannot be written; nothing was taken back then
     */
    public void takeBackIf(Predicate<AllocationHandle> which) throws IOException {
        disk.change(ledger -> {
            List<AllocationHandle> handles =
                    ledger.given().values().stream()
                            .map(given -> given.allocation().handle())
                            .filter(which)
                            .distinct()
                            .toList();
            return handles.isEmpty() ? ledger : ledger.takenBack(handles, sinceBoot.millis());
        });
    }

    /** Carries one of two checked exceptions through a change of the ledger. */
    private static final class NotGivenException extends Exception {
        private static final long serialVersionUID = 1L;

        private final Exception reason;

        NotGivenException(Exception reason) {
            super(reason);
            this.reason = reason;
        }

        Exception reason() {
            return reason;
        }
    }
}
