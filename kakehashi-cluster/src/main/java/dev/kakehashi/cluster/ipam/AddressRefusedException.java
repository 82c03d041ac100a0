package dev.kakehashi.cluster.ipam;

/** What was asked for cannot be had, now or later, as it was asked. */
public final class AddressRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With what was asked for and what is allowed. */
    public AddressRefusedException(String message) {
        super(message);
    }
}
