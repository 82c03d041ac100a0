package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.ListChange;
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
import java.util.Optional;
import java.util.Set;

/**
 * One compilation, which can be gone on with when nodes or blocks came or went: carriers compile
 * each peer by itself, so that what is compiled of some and then of others is what is compiled of
 * all of them.
 */
final class Compilation {
    private final Network network;
    private final Ways ways;
    private final SelfNode self;
    private final Masquerading masquerading;
    private final PodSubnets pods;
    private final Peers.Selection selection;
    private final DesiredState.Builder desired = DesiredState.builder();
    private final Senders senders = new Senders();
    private final Elders known = new Elders();
    private final List<RefusedPeer> refusedByCarriers = new ArrayList<>();
    private final Set<Envelope> envelopes = new LinkedHashSet<>();
    private int podMtu = Integer.MAX_VALUE;

    /** What was said of all of it, as long as that is the same. */
    private Optional<NodeState> state = Optional.empty();

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
        this.pods = PodSubnets.of(network, cluster);
        this.selection = Peers.selection(network, ways, self, pods);
        for (boolean ipv4 : self.families(network)) {
            desired.host(NodeCompiler.forwarding(ipv4));
            if (!ipv4 && self.underlay().hearsRouters()) {
                want(NodeCompiler.hearingRouters(self.underlay().device()));
            }
        }
        if (network.spec().usesPools() || network.spec().podLink() == PodLink.ROUTED) {
            self.subnets().forEach(block -> desired.host(NodeCompiler.unused(block)));
        }
        if (self.families(network).contains(true) && !self.goesByIpv4(true)) {
            // For the loose reverse path beside other carriers, as on tunnels. It stays when there
            // is but one: with the last address of a device the kernel drops all IPv4 routes by it
            // (fib_disable_ip, net/ipv4/fib_frontend.c), also those with IPv6 gateways.
            want(Tunnels.dummy(self.underlay().device()));
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
     * @param claims elder nodes first; all of them younger than those that were added before,
     *     unless nobody is set aside then either
     * @throws UnusableNetworkException when the node cannot take part; then this is of no more use
     */
    void add(List<Claim> claims) throws UnusableNetworkException {
        int refusedBefore = selection.refused().size();
        List<Peer> more = selection.select(claims);
        if (state.isPresent() && more.isEmpty() && selection.refused().size() == refusedBefore) {
            return; // such as a Node that has no block yet
        }
        state = Optional.empty();
        senders.add(more);
        known.add(claims, more);
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
        known.unreached(NodeCompiler.unreached(more, refused, ways.held().size()));
        refusedByCarriers.addAll(refused);
    }

    /** Follows a change of the blocks; the names of the nodes to take away and add again. */
    Set<String> move(ListChange<IpBlockSpec> change) {
        return pods.change(change);
    }

    /**
     * Goes on with other nodes, if the rest are what they were: if none is set aside, who might be
     * believed now, or who would have been believed before those that came.
     *
     * @return whether that is so; if not this is of no more use
     * @throws UnusableNetworkException as {@link #add}
     */
    boolean change(Claims.Change change) throws UnusableNetworkException {
        boolean onlyYounger = change.gone().isEmpty() && change.younger();
        if (!onlyYounger && !selection.refused().isEmpty()) {
            return false;
        }
        if (!change.gone().isEmpty()) {
            remove(change.gone());
        }
        if (!change.more().isEmpty()) {
            add(change.more());
        }
        return onlyYounger || selection.refused().isEmpty();
    }

    private void remove(Set<String> names) throws UnusableNetworkException {
        List<Peer> gone = known.remove(names);
        if (gone.isEmpty()) {
            return;
        }
        state = Optional.empty();
        Set<ResourceKey> keys = keysOf(gone);
        keys.removeAll(keysOf(List.of())); // devices, which stay
        desired.withoutHost(keys);
        selection.forget(gone);
        senders.remove(gone);
        refusedByCarriers.removeIf(peer -> names.contains(peer.name()));
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

    /** All of it; the same object as before if nothing is another. */
    NodeState state() {
        NodeState now = state.orElseGet(this::compose);
        state = Optional.of(now);
        return now;
    }

    private NodeState compose() {
        desired.replace(
                new NftTable(
                        NodeTable.of(
                                network, self, senders, masquerading, List.copyOf(envelopes))));
        List<RefusedPeer> refused = new ArrayList<>(selection.refused());
        refused.addAll(refusedByCarriers);
        return new NodeState(desired.build(), podMtu, known.reached(), refused, known.all());
    }
}
