package dev.kakehashi.agent.node;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.sysctl.Sysctl;
import dev.kakehashi.linux.sysctl.SysctlName;

import java.io.IOException;

/**
 * Whether the kernel hears routers on an interface, as {@code accept_ra} has it (ip-sysctl.rst of
 * Linux): 0 never, 1 unless the interface forwards, 2 always.
 */
final class RouterAdvertisements {
    private RouterAdvertisements() {}

    /**
     * Whether it does now. Not where a node that was a router before us has 1: it was not meant to.
     *
     * @param host the interface's namespace
     */
    static boolean areHeard(Netns host, String device) throws IOException {
        try {
            return switch (read(host, device, "accept_ra")) {
                case "0" -> false;
                case "1" -> read(host, device, "forwarding").equals("0");
                default -> true;
            };
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return false; // without IPv6, or gone
            }
            throw e;
        }
    }

    private static String read(Netns host, String device, String key) throws IOException {
        return Sysctl.read(host, SysctlName.of("net", "ipv6", "conf", device, key));
    }
}
