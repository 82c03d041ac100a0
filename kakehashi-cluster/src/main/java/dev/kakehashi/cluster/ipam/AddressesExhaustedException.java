package dev.kakehashi.cluster.ipam;

/** A node has no address to give now, and may have one later (CNI error code 11). */
public final class AddressesExhaustedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With the pools, what of them is in use, and what to do. */
    public AddressesExhaustedException(String message) {
        super(message);
    }
}
