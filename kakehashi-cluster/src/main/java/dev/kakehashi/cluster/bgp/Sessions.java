package dev.kakehashi.cluster.bgp;

import dev.kakehashi.cluster.AsNumber;
import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.BgpPeerSpec;
import dev.kakehashi.cluster.BgpRoutesSpec;
import dev.kakehashi.cluster.BgpSessionSpec;
import dev.kakehashi.cluster.BgpTarget;
import dev.kakehashi.cluster.IpFamily;
import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.carrier.Peer;
import dev.kakehashi.cluster.carrier.Peers;
import dev.kakehashi.cluster.carrier.SelfNode;
import dev.kakehashi.linux.IpAddresses;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Collects the sessions of one node; there is at most one with each address. */
final class Sessions {
    /** Between the name of a BGPPeer and that of a node with which it has a session. */
    static final String NODE = ", node ";

    private final Network network;
    private final SelfNode self;
    private final List<Peer> peers;
    private final Map<String, Node> nodes = new HashMap<>();
    private final BgpPasswords passwords;
    private final Map<InetAddress, BirdSession> made = new LinkedHashMap<>();
    private final List<RefusedSession> refused = new ArrayList<>();

    Sessions(Network network, SelfNode self, ClusterState cluster, BgpPasswords passwords) {
        this.network = network;
        this.self = self;
        this.peers = Peers.of(network, self, cluster).usable();
        cluster.nodes().forEach(node -> this.nodes.put(node.name(), node));
        this.passwords = passwords;
        badAnnotations();
    }

    /** The other nodes of the network. */
    List<Peer> nodes() {
        return peers;
    }

    List<BirdSession> made() {
        return List.copyOf(made.values());
    }

    List<RefusedSession> refused() {
        return refused;
    }

    /** What the sessions of a BGPPeer are called; with nodes {@link #NODE} and a name follow. */
    static String named(BgpPeer peer) {
        return "BGPPeer " + peer.name();
    }

    /** Every node with every other. */
    void mesh() {
        for (Peer peer : peers) {
            node("node " + peer.name(), peer, BgpSessionSpec.defaults(), BgpRoutesSpec.defaults());
        }
    }

    void add(BgpPeer peer) {
        String name = named(peer);
        BgpPeerSpec spec = peer.spec();
        boolean selected = spec.nodeSelector().matches(labels(self.name()));
        switch (spec.target()) {
            case BgpTarget.Router router -> {
                if (selected) {
                    router(name, router, spec);
                }
            }
            case BgpTarget.Nodes(LabelSelector selector) -> {
                boolean target = selector.matches(labels(self.name()));
                for (Peer other : peers) {
                    // Both sides must have the session, whoever of them is the one selected.
                    boolean to = selected && selector.matches(labels(other.name()));
                    boolean from = target && spec.nodeSelector().matches(labels(other.name()));
                    if (to || from) {
                        node(name + NODE + other.name(), other, spec.session(), spec.routes());
                    }
                }
            }
        }
    }

    private void node(String name, Peer peer, BgpSessionSpec session, BgpRoutesSpec routes) {
        Map<InetAddress, List<BirdSession.Channel>> carried = new LinkedHashMap<>();
        for (Peer.Endpoint endpoint : peer.endpoints()) {
            carried.computeIfAbsent(endpoint.underlay(), _ -> new ArrayList<>())
                    .add(
                            new BirdSession.Channel(
                                    endpoint.isIpv4() ? IpFamily.IPV4 : IpFamily.IPV6,
                                    Optional.empty()));
        }
        for (var entry : carried.entrySet()) {
            InetAddress remote = entry.getKey();
            BirdSession known = made.get(remote);
            Optional<InetAddress> local = self.underlay().address(isIpv4(remote));
            if ((known != null && known.internal()) || local.isEmpty()) {
                continue; // the mesh has it; or the family is refused by the carrier
            }
            long peerAs = asNumber(peer.name());
            long ownAs = session.localAsNumber().orElse(asNumber(self.name()));
            boolean direct = ownAs != peerAs && self.underlay().isOnLink(remote);
            int port = network.spec().bgp().listenPort();
            add(
                    name,
                    session,
                    routes,
                    true,
                    new BirdSession.End(local.get(), port, ownAs),
                    new BirdSession.End(remote, port, peerAs),
                    direct
                            ? new BirdSession.Reach.Direct()
                            : new BirdSession.Reach.Multihop(session.multihop()),
                    reflector(peer.name()),
                    entry.getValue());
        }
    }

    private void router(String name, BgpTarget.Router router, BgpPeerSpec spec) {
        InetAddress remote = router.address();
        BgpSessionSpec session = spec.session();
        boolean ipv4 = isIpv4(remote);
        if (self.underlay().addresses().stream().anyMatch(own -> own.address().equals(remote))) {
            return; // a reflector among the nodes that are to peer with it
        }
        Optional<List<BirdSession.Channel>> channels = channels(name, remote, spec.routes());
        if (channels.isEmpty()) {
            return;
        }
        Optional<InetAddress> local =
                session.sourceAddress().or(() -> self.underlay().address(ipv4));
        if (local.isEmpty() || isIpv4(local.get()) != ipv4) {
            refuse(
                    name,
                    "node "
                            + self.name()
                            + " has no "
                            + IpFamily.of(remote)
                            + " address to reach "
                            + IpAddresses.format(remote)
                            + " from; set sourceAddress to one");
            return;
        }
        long own = session.localAsNumber().orElse(asNumber(self.name()));
        boolean direct = own != router.asNumber() && session.multihop() == 0;
        add(
                name,
                session,
                spec.routes(),
                false,
                new BirdSession.End(local.get(), network.spec().bgp().listenPort(), own),
                new BirdSession.End(remote, router.port(), router.asNumber()),
                direct
                        ? new BirdSession.Reach.Direct()
                        : new BirdSession.Reach.Multihop(session.multihop()),
                Optional.empty(),
                channels.get());
    }

    /** What a session with a router carries; empty when that is refused. */
    private Optional<List<BirdSession.Channel>> channels(
            String name, InetAddress remote, BgpRoutesSpec routes) {
        List<BirdSession.Channel> channels = new ArrayList<>();
        IpFamily own = IpFamily.of(remote);
        for (IpFamily family : routes.families().isEmpty() ? List.of(own) : routes.families()) {
            boolean ipv4 = family == IpFamily.IPV4;
            if (network.spec().cidrs().stream().noneMatch(cidr -> cidr.isIpv4() == ipv4)) {
                refuse(
                        name,
                        "it is to carry routes of "
                                + family
                                + ", and network "
                                + network.name()
                                + " has no such pods");
                return Optional.empty();
            }
            Optional<InetAddress> nextHop =
                    family == own ? Optional.empty() : self.underlay().address(ipv4);
            // Without an IPv4 address the node's IPv6 address is the next hop (RFC 8950).
            if (family == IpFamily.IPV6 && family != own && nextHop.isEmpty()) {
                refuse(
                        name,
                        "node "
                                + self.name()
                                + " has no "
                                + family
                                + " address at which routers would reach its pods");
                return Optional.empty();
            }
            channels.add(new BirdSession.Channel(family, nextHop));
        }
        return Optional.of(channels);
    }

    private void add(
            String name,
            BgpSessionSpec session,
            BgpRoutesSpec routes,
            boolean internal,
            BirdSession.End local,
            BirdSession.End remote,
            BirdSession.Reach reach,
            Optional<InetAddress> reflector,
            List<BirdSession.Channel> channels) {
        BirdSession known = made.get(remote.address());
        if (known != null) {
            refuse(
                    name,
                    "there is a session with "
                            + IpAddresses.format(remote.address())
                            + " already, that of "
                            + known.peer()
                            + "; remove one of the two");
            return;
        }
        Optional<String> password = Optional.empty();
        if (session.passwordFile().isPresent()) {
            String file = session.passwordFile().get();
            password = Optional.ofNullable(passwords.known().get(file));
            if (password.isEmpty()) {
                refuse(
                        name,
                        "passwordFile "
                                + file
                                + ": "
                                + passwords
                                        .problems()
                                        .getOrDefault(file, "the node has no such file"));
                return;
            }
        }
        made.put(
                remote.address(),
                new BirdSession(
                        name,
                        internal,
                        local,
                        remote,
                        // One side calls, or each would refuse the other's call now and then.
                        internal && compare(local.address(), remote.address()) > 0,
                        reach,
                        password,
                        session.bfd(),
                        session.gracefulRestart() ? session.maxRestartTime() : 0,
                        local.asNumber() == remote.asNumber() ? reflector : Optional.empty(),
                        channels,
                        routes.keepOriginalNextHop(),
                        routes.imports(),
                        routes.exports(),
                        routes.communities()));
    }

    /** A reflector's clients are the nodes that are none (RFC 4456, section 6). */
    private Optional<InetAddress> reflector(String peer) {
        return clusterId(peer).isPresent() ? Optional.empty() : clusterId(self.name());
    }

    private Optional<InetAddress> clusterId(String node) {
        return annotation(node, NodeAnnotations.BGP_ROUTE_REFLECTOR_CLUSTER_ID)
                .flatMap(Sessions::ipv4);
    }

    private long asNumber(String node) {
        return annotation(node, NodeAnnotations.BGP_AS_NUMBER)
                .map(AsNumber::parse)
                .filter(OptionalLong::isPresent)
                .map(OptionalLong::getAsLong)
                .orElse(network.spec().bgp().asNumber());
    }

    private void badAnnotations() {
        annotation(self.name(), NodeAnnotations.BGP_AS_NUMBER)
                .filter(text -> AsNumber.parse(text).isEmpty())
                .ifPresent(text ->
                        refuse(
                                "node " + self.name(),
                                "annotation "
                                        + NodeAnnotations.BGP_AS_NUMBER
                                        + " is '"
                                        + text
                                        + "', no AS number such as 64513: it has that of"
                                        + " the network"));
        annotation(self.name(), NodeAnnotations.BGP_ROUTE_REFLECTOR_CLUSTER_ID)
                .filter(text -> ipv4(text).isEmpty())
                .ifPresent(text ->
                        refuse(
                                "node " + self.name(),
                                "annotation "
                                        + NodeAnnotations.BGP_ROUTE_REFLECTOR_CLUSTER_ID
                                        + " is '"
                                        + text
                                        + "', no identifier such as 244.0.0.1: it reflects"
                                        + " nothing"));
    }

    private Optional<String> annotation(String node, String key) {
        return Optional.ofNullable(nodes.get(node))
                .map(known -> known.metadata().annotations().get(key));
    }

    private Map<String, String> labels(String node) {
        return Optional.ofNullable(nodes.get(node)).map(LabelSelector::labelsOf).orElse(Map.of());
    }

    private static Optional<InetAddress> ipv4(String text) {
        try {
            return Optional.of(IpAddresses.parse(text)).filter(Sessions::isIpv4);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void refuse(String peer, String reason) {
        refused.add(new RefusedSession(peer, reason));
    }

    private static boolean isIpv4(InetAddress address) {
        return address instanceof Inet4Address;
    }

    private static int compare(InetAddress left, InetAddress right) {
        return Arrays.compareUnsigned(left.getAddress(), right.getAddress());
    }
}
