package dev.kakehashi.cluster.ipam;

import java.io.IOException;

/** Where a node keeps its ledger. Several processes may use it at once. */
public interface LedgerDisk {
    /**
     * Makes a ledger of another.
     *
     * @param <E> what goes wrong
     */
    @FunctionalInterface
    interface Change<E extends Exception> {
        /** The ledger to keep; the same one to change nothing. */
        Ledger apply(Ledger ledger) throws E;
    }

    /**
     * The ledger of this boot, an empty one if there is none.
     *
     * @throws IOException when it cannot be read
     */
    Ledger read() throws IOException;

    /**
     * Changes the ledger while nobody else does. When this returns, whoever reads next sees it,
     * whatever happens to this process; when it throws, nothing was changed.
     *
     * @return the ledger as it is then
     * @throws IOException when it cannot be read or written
     */
    <E extends Exception> Ledger change(Change<E> change) throws IOException, E;
}
