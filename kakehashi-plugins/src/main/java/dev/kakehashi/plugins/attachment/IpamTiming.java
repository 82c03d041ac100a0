package dev.kakehashi.plugins.attachment;

import java.util.Set;

/** Whether address management has to see the interface. */
public final class IpamTiming {

    /** They read files and configuration only. */
    private static final Set<String> WITHOUT_INTERFACE = Set.of("host-local", "static");

    private IpamTiming() {}

    /**
     * Whether a plugin must be asked only when the container's interface is there: {@code dhcp} and
     * its like send packets from it. Asking others first lets the kernel be changed in one go.
     */
    public static boolean needsInterface(String type) {
        return !WITHOUT_INTERFACE.contains(type);
    }
}
