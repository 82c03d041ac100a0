package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.PodLink;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.ResourceKey;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One compilation, to which younger nodes can be added, and from which some can be taken: carriers
 * compile each peer by itself, so that what is compiled of some and then of others is what is
 * compiled of all of them.
 */
final class Compilation {
    private final Network network;
    private final Ways ways;
    private final SelfNode self;
    private final Masquerading masquerading;
    private final Peers.Selection selection;
    private final DesiredState.Builder desired = DesiredState.builder();
    private final Senders senders = new Senders();
    private final List<Peer> known = new ArrayList<>();
    private final List<String> reached = new ArrayList<>();
    private final List<RefusedPeer> refusedByCarriers = new ArrayList<>();
    private final Set<Envelope> envelopes = new LinkedHashSet<>();
    private int podMtu = Integer.MAX_VALUE;

    /**
     * Without other nodes yet.
     *
     * @param cluster of use for its blocks and pools
     */
    Compilation(Network network, Ways ways, SelfNode self, ClusterState cluster) {
        this.network = network;
        this.ways = ways;
        this.self = self;
        this.masquerading = Masquerading.of(network, cluster.pools());
        this.selection = Peers.selection(network, ways, self, cluster);
        for (boolean ipv4 : self.families(network)) {
            desired.host(NodeCompiler.forwarding(ipv4));
            if (!ipv4 && self.underlay().hearsRouters()) {
                want(NodeCompiler.hearingRouters(self.underlay().device()));
            }
        }
        if (network.spec().usesPools() || network.spec().podLink() == PodLink.ROUTED) {
            self.subnets().forEach(block -> desired.host(NodeCompiler.unused(block)));
        }
        // Packets come by them until the other nodes know ours, while the routes back lead to ours.
        // Whose they are removes them when he likes.
        self.tunnelsBeside().forEach(device -> want(Tunnels.looseReversePath(device).optional()));
        if (ways.isMixed()) {
            MixedRoutes.aids(self).forEach(this::want);
        }
    }

    private void want(Resource resource) {
        desired.host(new Resource[] {resource});
    }

    /**
     * Adds what nodes say of themselves.
     *
     * @param claims elder nodes first, all of them younger than those that were added before
     * @throws UnusableNetworkException when the node cannot take part; then this is of no more use
     */
    void add(List<Claim> claims) throws UnusableNetworkException {
        List<Peer> more = selection.select(claims);
        more.forEach(senders::add);
        known.addAll(more);
        MixedRoutes routes = new MixedRoutes(ways, more);
        List<RefusedPeer> refused = new ArrayList<>();
        for (Way way : ways.held()) {
            podMtu = Math.min(podMtu, NodeCompiler.podMtu(by(way), self, Carrier.of(way)));
        }
        RouteMtus mtus = new RouteMtus(self, podMtu, more);
        for (Way way : ways.held()) {
            CarrierState carried = Carrier.of(way).compile(by(way), self, more);
            routes.of(way, mtus.of(carried.resources())).forEach(this::want);
            refused.addAll(carried.refused());
            carried.envelope().ifPresent(envelopes::add);
        }
        reached.addAll(NodeCompiler.reached(more, refused, ways.held().size()));
        refusedByCarriers.addAll(refused);
    }

    /**
     * Takes nodes away, if the others are what they were without them: if none was set aside,
     * perhaps because of what one of these says.
     *
     * @param names of the nodes; those that are no peers count for nothing
     * @return whether they were; if not, nothing has changed
     * @throws UnusableNetworkException as {@link #add}
     */
    boolean remove(Set<String> names) throws UnusableNetworkException {
        if (!selection.refused().isEmpty()) {
            return false;
        }
        List<Peer> gone = known.stream().filter(peer -> names.contains(peer.name())).toList();
        Set<ResourceKey> keys = keysOf(gone);
        keys.removeAll(keysOf(List.of())); // devices, which stay
        desired.withoutHost(keys);
        selection.forget(gone);
        gone.forEach(senders::remove);
        known.removeAll(gone);
        reached.removeIf(names::contains);
        refusedByCarriers.removeIf(peer -> names.contains(peer.name()));
        return true;
    }

    private Set<ResourceKey> keysOf(List<Peer> peers) throws UnusableNetworkException {
        MixedRoutes routes = new MixedRoutes(ways, peers);
        Set<ResourceKey> keys = new HashSet<>();
        for (Way way : ways.held()) {
            CarrierState carried = Carrier.of(way).compile(by(way), self, peers);
            routes.of(way, carried.resources()).forEach(resource -> keys.add(resource.key()));
        }
        return keys;
    }

    private Network by(Way way) {
        return network.withSpec(network.spec().withCarrier(way.carrier()));
    }

    /** All of it. */
    NodeState state() {
        desired.replace(
                new NftTable(
                        NodeTable.of(
                                network, self, senders, masquerading, List.copyOf(envelopes))));
        List<RefusedPeer> refused = new ArrayList<>(selection.refused());
        refused.addAll(refusedByCarriers);
        return new NodeState(desired.build(), podMtu, reached, refused, known);
    }
}
