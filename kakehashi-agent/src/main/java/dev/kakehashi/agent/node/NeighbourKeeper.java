package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.node.CniConfList;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.packet.Announcement;
import dev.kakehashi.linux.packet.PacketSocket;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.reconcile.ReconcilerListener;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps what {@link BridgeNeighbours} wants, by an engine of its own beside that of the network:
 * this follows from the attachments, and the network's thousands of objects need not be looked at
 * again because a pod has come. Announces the addresses that the bridge answers for from now on.
 * The engine is opened when there is something to keep for the first time, which on most nodes is
 * never. On one thread only.
 */
final class NeighbourKeeper implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    private final Netns host;
    private final RtNetlink kernel;
    private final ReconcilerListener listener;
    private Optional<KernelKeeper> keeper = Optional.empty();
    private DesiredState kept = DesiredState.EMPTY;

    /**
     * Of a node; both handles are lent.
     *
     * @param kernel in the namespace of {@code host}
     * @param listener told what is healed
     */
    NeighbourKeeper(Netns host, RtNetlink kernel, ReconcilerListener listener) {
        this.host = host;
        this.kernel = kernel;
        this.listener = listener;
    }

    /**
     * Makes it so, and heals it from now on.
     *
     * @param links the node's, as they are now
     * @param lent addresses that other nodes borrowed of this one
     */
    void keep(Network network, List<Link> links, Set<InetAddress> lent) throws IOException {
        DesiredState wanted = BridgeNeighbours.wanted(network, links, lent, kernel);
        if (wanted.equals(kept)) {
            return;
        }
        if (keeper.isEmpty()) {
            keeper = Optional.of(EngineKeeper.open(host, network.name(), listener));
        }
        keeper.get().keep(wanted);
        List<InetAddress> more = new ArrayList<>(BridgeNeighbours.answered(wanted));
        more.removeAll(BridgeNeighbours.answered(kept));
        kept = wanted;
        Optional<Link> bridge = BridgeNeighbours.bridgeOfPods(links);
        if (bridge.isPresent() && !more.isEmpty()) {
            announce(network, bridge.get(), more);
        }
        LOG.log(
                System.Logger.Level.INFO,
                "network {0}: {1} answers for pods that are not on it: {2}",
                network.name(),
                CniConfList.BRIDGE,
                BridgeNeighbours.answered(wanted).stream().map(IpAddresses::format).toList());
    }

    /**
     * The address may have been that of a pod of the bridge: who remembers that one's hardware
     * address, for half a minute without asking again (base_reachable_time, arp(7)), is told of
     * ours. After a start of the agent of all: the one before may have ended in between.
     */
    private void announce(Network network, Link bridge, List<InetAddress> addresses) {
        try (PacketSocket socket = PacketSocket.open(host)) {
            for (InetAddress address : addresses) {
                Announcement.send(socket, bridge.index(), bridge.mac().orElseThrow(), address);
            }
        } catch (LinuxException e) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "network {0}: pods on {1} may look for others where these were before, for"
                            + " half a minute: {2}",
                    network.name(),
                    bridge.name(),
                    e.getMessage());
        }
    }

    @Override
    public void close() {
        keeper.ifPresent(KernelKeeper::close);
    }
}
