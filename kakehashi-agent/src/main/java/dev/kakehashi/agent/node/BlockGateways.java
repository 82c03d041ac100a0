package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.node.CniConfList;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Addresses;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.util.Collection;
import java.util.Optional;

/**
 * Takes the gateways of blocks that the node no longer holds from the bridge of its pods. The
 * bridge plugin, which made them, leaves them for the next pod; with the address the kernel keeps a
 * route to the whole block, and pods of the node that has it now would not be reached.
 *
 * <p>By a message of its own and not by the state engine, which removes nothing that does not bear
 * our mark: the reference plugin may have made the bridge and its address as well as ours.
 */
final class BlockGateways {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    private BlockGateways() {}

    /**
     * Takes them away. Equivalent to: {@code ip address delete GATEWAY dev cni0}.
     *
     * @param held the blocks whose gateways stay
     */
    static void sweep(RtNetlink kernel, Network network, Collection<IpPrefix> held)
            throws IOException {
        Optional<Link> bridge = kernel.link(CniConfList.BRIDGE);
        if (bridge.isEmpty()) {
            return;
        }
        for (Address address : kernel.addresses(bridge.get().index())) {
            IpPrefix block = address.prefix().network();
            if (network.cidrOf(block).isPresent() && !held.contains(block)) {
                kernel.execute(Addresses.delete(address));
                LOG.log(
                        System.Logger.Level.INFO,
                        "network {0}: removed {1} from {2}: the node does not hold its block",
                        network.name(),
                        address.prefix(),
                        CniConfList.BRIDGE);
            }
        }
    }
}
