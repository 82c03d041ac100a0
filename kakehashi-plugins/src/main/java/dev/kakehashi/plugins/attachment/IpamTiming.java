package dev.kakehashi.plugins.attachment;

import java.util.Set;

/** Whether address management has to see the interface. */
public final class IpamTiming {

    /** They go by files and configuration only. */
    private static final Set<String> WITHOUT_INTERFACE =
            Set.of("host-local", "static", "kakehashi-ipam");

    private IpamTiming() {}

    /**
     * Whether a plugin must be asked only when the container's interface is there: {@code dhcp} and
     * its like send packets from it. Asking others first lets the kernel be changed in one go, and
     * keeps the host's end of a pair from being up for long while the container's is down: the
     * kernel then waits for all processors, holding the lock of all links (linkwatch_do_dev,
     * dev_deactivate in net/sched/sch_generic.c). And they have an address back only behind the
     * removal of its interface.
     */
    public static boolean needsInterface(String type) {
        return !WITHOUT_INTERFACE.contains(type);
    }
}
