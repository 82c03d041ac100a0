package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.carrier.DeviceNames;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.util.List;

/** Flannel's WireGuard devices on a node that is being taken over. */
final class FlannelTunnel {
    private FlannelTunnel() {}

    /**
     * Those that are beside ours.
     *
     * @throws ConvergenceException when the kernel cannot be read
     */
    static List<String> beside(Network network, RtNetlink kernel) throws ConvergenceException {
        if (network.spec().carrier() != CarrierName.WIREGUARD) {
            return List.of();
        }
        try {
            return kernel.links().stream()
                    .map(Link::name)
                    .filter(name -> name.startsWith(DeviceNames.FLANNELS_WIREGUARD))
                    .toList();
        } catch (IOException e) {
            throw new ConvergenceException(
                    "KernelFailed", "cannot look at interfaces: " + e.getMessage(), e);
        }
    }
}
