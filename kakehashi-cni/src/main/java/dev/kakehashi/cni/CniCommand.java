package dev.kakehashi.cni;

import java.util.Optional;

/** The operations of the specification, as CNI_COMMAND names them. */
public enum CniCommand {
    /** Attach the container, or apply modifications. */
    ADD,
    /** Detach the container, or revert modifications. */
    DEL,
    /** Verify that the attachment is as ADD left it (0.4.0). */
    CHECK,
    /** Remove what no valid attachment owns (1.1.0). */
    GC,
    /** Tell whether ADD can be served (1.1.0). */
    STATUS,
    /** Print the supported versions (0.2.0). */
    VERSION;

    /** The command written exactly so. */
    public static Optional<CniCommand> named(String text) {
        return switch (text) {
            case "ADD" -> Optional.of(ADD);
            case "DEL" -> Optional.of(DEL);
            case "CHECK" -> Optional.of(CHECK);
            case "GC" -> Optional.of(GC);
            case "STATUS" -> Optional.of(STATUS);
            case "VERSION" -> Optional.of(VERSION);
            default -> Optional.empty();
        };
    }
}
