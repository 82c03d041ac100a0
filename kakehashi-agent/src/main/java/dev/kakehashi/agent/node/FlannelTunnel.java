package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.sysctl.Sysctl;
import dev.kakehashi.linux.sysctl.SysctlName;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Flannel's WireGuard devices on a node that is being taken over. */
final class FlannelTunnel {
    /** What their names begin with: {@code flannel-wg}, {@code flannel-wg-v6}. */
    private static final String DEVICES = "flannel-wg";

    private FlannelTunnel() {}

    /**
     * Whether there is one beside ours. Packets come by it until the other nodes know ours, while
     * the routes back lead to ours already: that is not held against them.
     *
     * @throws ConvergenceException when the kernel cannot be read
     */
    static boolean isBeside(Network network, Netns host, RtNetlink kernel)
            throws ConvergenceException {
        if (network.spec().carrier() != CarrierName.WIREGUARD) {
            return false;
        }
        try {
            List<String> devices =
                    kernel.links().stream()
                            .map(Link::name)
                            .filter(name -> name.startsWith(DEVICES))
                            .toList();
            for (String device : devices) {
                Sysctl.ensure(
                        host,
                        Map.of(SysctlName.of("net", "ipv4", "conf", device, "rp_filter"), "2"));
            }
            return !devices.isEmpty();
        } catch (IOException e) {
            throw new ConvergenceException(
                    "KernelFailed", "cannot look at interfaces: " + e.getMessage(), e);
        }
    }
}
