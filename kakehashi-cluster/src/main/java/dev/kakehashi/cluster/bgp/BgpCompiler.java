package dev.kakehashi.cluster.bgp;

import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.carrier.RouteMtus;
import dev.kakehashi.cluster.carrier.SelfNode;
import dev.kakehashi.linux.IpPrefix;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32;

/**
 * From a network, a node, the other nodes and the BGPPeers to what the node's speaker is told.
 * Pure.
 */
public final class BgpCompiler {
    private BgpCompiler() {}

    /**
     * Compiles.
     *
     * @param cluster the Nodes of the store, and whose the blocks are
     * @param peers all BGPPeers of the store
     * @param passwords what the node has of those that the peers name
     * @param podMtu of this node's pods, in octets
     */
    public static BgpState compile(
            Network network,
            SelfNode self,
            ClusterState cluster,
            Collection<BgpPeer> peers,
            BgpPasswords passwords,
            int podMtu) {
        Sessions sessions = new Sessions(network, self, cluster, passwords);
        if (network.spec().bgp().nodeMesh()) {
            sessions.mesh();
        }
        peers.stream()
                .filter(peer -> peer.spec().network().equals(network.name()))
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .forEach(sessions::add);
        BirdConfig config =
                new BirdConfig(
                        self.name(),
                        network.name(),
                        routerId(self),
                        network.spec().cidrs(),
                        prefixesOf(self),
                        lentBy(self, network, cluster),
                        RouteMtus.unwrapped(self, podMtu, sessions.nodes()),
                        sessions.made());
        return new BgpState(config, sessions.refused());
    }

    /** Whether a session, by what {@link BirdSession#peer} calls it, is one of a BGPPeer. */
    public static boolean isOf(String session, BgpPeer peer) {
        String name = Sessions.named(peer);
        return session.equals(name) || session.startsWith(name + Sessions.NODE);
    }

    /** What a node announces: the prefixes of its pods. */
    static List<IpPrefix> prefixesOf(SelfNode self) {
        return self.subnets();
    }

    private static List<IpPrefix> lentBy(SelfNode self, Network network, ClusterState cluster) {
        return cluster.blocks().stream()
                .filter(block ->
                        block.network().equals(network.name()) && block.node().equals(self.name()))
                .flatMap(block -> block.givenUp().stream())
                .filter(IpBlockSpec.GivenUp::isBorrowed)
                .map(one -> IpPrefix.host(one.address()))
                .sorted()
                .toList();
    }

    /**
     * The IPv4 address, or a number made of the name where there is none: it must be the same after
     * a restart, and another one on every node.
     */
    private static InetAddress routerId(SelfNode self) {
        return self.underlay()
                .address(true)
                .orElseGet(() -> {
                    CRC32 sum = new CRC32();
                    sum.update(self.name().getBytes(StandardCharsets.UTF_8));
                    return address((int) sum.getValue());
                });
    }

    private static InetAddress address(int number) {
        int shown = number == 0 ? 1 : number;
        try {
            return Inet4Address.getByAddress(
                    new byte[] {
                        (byte) (shown >>> 24),
                        (byte) (shown >>> 16),
                        (byte) (shown >>> 8),
                        (byte) shown
                    });
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("four octets are an address", e);
        }
    }
}
