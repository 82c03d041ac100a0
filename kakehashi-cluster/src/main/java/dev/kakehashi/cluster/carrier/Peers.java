package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.node.UnderlayAddress;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.wireguard.WireguardKey;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The other nodes of a network, and those set aside. What nodes say about themselves is not
 * believed blindly: an address or subnet that an elder node has, or this one, is not taken from it.
 *
 * @param usable the peers, elder ones first
 * @param refused nodes, or families of them, with the reason
 */
public record Peers(List<Peer> usable, List<RefusedPeer> refused) {
    /** Copies the lists. */
    public Peers {
        usable = List.copyOf(usable);
        refused = List.copyOf(refused);
    }

    /**
     * Reads what the Nodes say, and whose the blocks are. Nodes without a subnet or block in the
     * network take no part and are not mentioned.
     */
    public static Peers of(Network network, SelfNode self, ClusterState cluster) {
        return of(network, Ways.settled(network), self, cluster);
    }

    /** The same for a node that has these carriers. */
    public static Peers of(Network network, Ways ways, SelfNode self, ClusterState cluster) {
        Selection selection = selection(network, ways, self, PodSubnets.of(network, cluster));
        return new Peers(
                selection.select(new Claims(self.name()).of(cluster.nodes())), selection.refused());
    }

    /**
     * A selection that nothing has been shown yet.
     *
     * @param pods where nodes' pods are; may change between what it is shown
     */
    static Selection selection(Network network, Ways ways, SelfNode self, PodSubnets pods) {
        return new Selection(network, ways.permit(network, CarrierName.WIREGUARD), self, pods);
    }

    /** Chooses those that can be believed, given what it has been shown before. */
    static final class Selection {
        private final Network network;
        private final SelfNode self;
        private final boolean encrypting;
        private final PodSubnets pods;
        private final List<RefusedPeer> refused = new ArrayList<>();
        private final NavigableMap<IpPrefix, String> subnets = new TreeMap<>();
        private final Map<InetAddress, String> addresses = new HashMap<>();
        private final Map<MacAddress, String> vteps = new HashMap<>();
        private final Map<WireguardKey, String> tunnelKeys = new HashMap<>();

        Selection(Network network, boolean encrypting, SelfNode self, PodSubnets pods) {
            this.network = network;
            this.self = self;
            this.encrypting = encrypting;
            this.pods = pods;
            self.subnets().stream()
                    .filter(subnet -> !pods.isBorrowed(subnet))
                    .forEach(subnet -> subnets.put(subnet, self.name()));
            self.underlay()
                    .addresses()
                    .forEach(address -> addresses.put(address.address(), self.name()));
            self.vteps().all().forEach(mac -> vteps.put(mac, self.name()));
            self.tunnelKeys()
                    .values()
                    .forEach(key -> tunnelKeys.put(key.key().publicKey(), self.name()));
        }

        /**
         * Who of these are peers.
         *
         * @param claims elder nodes first; all younger than those of the time before, unless nobody
         *     is set aside then either
         */
        List<Peer> select(List<Claim> claims) {
            List<Peer> usable = new ArrayList<>();
            for (Claim claim : claims) {
                peer(claim).ifPresent(usable::add);
            }
            return usable;
        }

        /**
         * Forgets peers that are no more. Only where nobody was set aside: otherwise another may be
         * believed now.
         */
        void forget(List<Peer> peers) {
            for (Peer peer : peers) {
                for (Peer.Endpoint endpoint : peer.endpoints()) {
                    addresses.remove(endpoint.underlay(), peer.name());
                    endpoint.vtep().ifPresent(mac -> vteps.remove(mac, peer.name()));
                    endpoint.subnets().forEach(subnet -> subnets.remove(subnet, peer.name()));
                }
                peer.tunnelKeys().values().forEach(key -> tunnelKeys.remove(key, peer.name()));
            }
        }

        /** All that were set aside. */
        List<RefusedPeer> refused() {
            return refused;
        }

        private Optional<Peer> peer(Claim claim) {
            Node node = claim.node();
            List<Peer.Endpoint> endpoints = new ArrayList<>();
            for (IpPrefix cidr : network.spec().cidrs()) {
                List<IpPrefix> claimed = pods.of(node, cidr);
                if (!claimed.isEmpty()) {
                    endpoint(claim, claimed).ifPresent(endpoints::add);
                }
            }
            return endpoints.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new Peer(
                                    node.name(),
                                    endpoints,
                                    tunnelKeys(claim),
                                    claim.tunnelPorts(),
                                    claim.podMtu()));
        }

        /**
         * The keys, but those that another has: of two peers with one key the kernel would send
         * everything to the later one.
         */
        private Map<TunnelDevice, WireguardKey> tunnelKeys(Claim claim) {
            if (!encrypting || claim.tunnelKeys().isEmpty()) {
                return Map.of();
            }
            String name = claim.node().name();
            Map<TunnelDevice, WireguardKey> keys = new EnumMap<>(TunnelDevice.class);
            claim.tunnelKeys()
                    .forEach((device, key) -> {
                        String owner = tunnelKeys.computeIfAbsent(key, _ -> name);
                        if (owner.equals(name)) {
                            keys.put(device, key);
                        } else {
                            refused.add(
                                    new RefusedPeer(
                                            name,
                                            "its WireGuard key "
                                                    + key
                                                    + " is that of node "
                                                    + owner));
                        }
                    });
            return keys;
        }

        private Optional<Peer.Endpoint> endpoint(Claim claim, List<IpPrefix> claimed) {
            Node node = claim.node();
            boolean ipv4 = claimed.getFirst().isIpv4();
            Optional<InetAddress> address = address(claim, ipv4);
            if (address.isEmpty()) {
                return refuse(node, withoutAddress(claim, claimed.getFirst()));
            }
            Optional<String> problem = problemOf(node, address.get());
            if (problem.isPresent()) {
                return refuse(node, problem.get());
            }
            List<IpPrefix> free = withoutRivals(node, claimed);
            if (free.isEmpty()) {
                return Optional.empty();
            }
            Optional<MacAddress> vtep = claim.vtep(IpPrefix.host(address.get()).isIpv4());
            if (vtep.isPresent()
                    && !node.name().equals(vteps.getOrDefault(vtep.get(), node.name()))) {
                return refuse(
                        node,
                        "its VXLAN address "
                                + vtep.get()
                                + " is that of node "
                                + vteps.get(vtep.get()));
            }
            addresses.put(address.get(), node.name());
            vtep.ifPresent(mac -> vteps.put(mac, node.name()));
            free.stream()
                    .filter(subnet -> !pods.isBorrowed(subnet))
                    .forEach(subnet -> subnets.put(subnet, node.name()));
            return Optional.of(
                    new Peer.Endpoint(free, address.get(), claim.underlay(ipv4).isPresent(), vtep));
        }

        /** By the pods' own family where both nodes have an address of it, else by IPv6. */
        private Optional<InetAddress> address(Claim claim, boolean ipv4) {
            Optional<InetAddress> own = claim.underlay(ipv4);
            boolean both = own.isPresent() && self.goesByIpv4(ipv4) == ipv4;
            return both || self.underlay().address(false).isEmpty() ? own : claim.underlay(false);
        }

        /** Why there is no address to send to. */
        private static String withoutAddress(Claim claim, IpPrefix pods) {
            boolean ipv4 = pods.isIpv4();
            boolean hasIpv4 = claim.underlay(true).isPresent();
            if (ipv4 && (hasIpv4 || claim.underlay(false).isPresent())) {
                String its = hasIpv4 ? "IPv4" : "IPv6";
                String own = hasIpv4 ? "IPv6" : "IPv4";
                return "has an "
                        + its
                        + " address and no "
                        + own
                        + " address, and this node none but "
                        + own
                        + "; give both an address of one family";
            }
            Optional<InetAddress> told = UnderlayAddress.told(claim.node(), !ipv4);
            return "has the subnet "
                    + pods
                    + " but no "
                    + (ipv4 ? "IPv4" : "IPv6")
                    + " address: "
                    + told.map(other ->
                                    "it tells "
                                            + IpAddresses.format(other)
                                            + " alone; add one to its underlay interface")
                            .orElseGet(() ->
                                    "neither the annotation "
                                            + (ipv4
                                                    ? NodeAnnotations.FLANNEL_PUBLIC_IP
                                                    : NodeAnnotations.FLANNEL_PUBLIC_IPV6)
                                            + " nor an InternalIP");
        }

        private List<IpPrefix> withoutRivals(Node node, List<IpPrefix> claimed) {
            List<IpPrefix> free = new ArrayList<>(claimed.size());
            for (IpPrefix subnet : claimed) {
                Optional<String> problem =
                        pods.isBorrowed(subnet) ? Optional.empty() : problemOf(subnet);
                problem.ifPresentOrElse(
                        reason -> refused.add(new RefusedPeer(node.name(), reason)),
                        () -> free.add(subnet));
            }
            return free;
        }

        /**
         * Those accepted do not overlap: only the neighbours in the order of prefixes can overlap a
         * new one.
         */
        private Optional<String> problemOf(IpPrefix subnet) {
            for (var entry :
                    Arrays.asList(subnets.floorEntry(subnet), subnets.ceilingEntry(subnet))) {
                if (entry != null && entry.getKey().overlaps(subnet)) {
                    return Optional.of(
                            "its subnet "
                                    + subnet
                                    + " overlaps "
                                    + entry.getKey()
                                    + " of node "
                                    + entry.getValue());
                }
            }
            return Optional.empty();
        }

        private Optional<String> problemOf(Node node, InetAddress address) {
            if (!node.name().equals(addresses.getOrDefault(address, node.name()))) {
                return Optional.of(
                        "its address "
                                + IpAddresses.format(address)
                                + " is that of node "
                                + addresses.get(address));
            }
            if (address.isLoopbackAddress()
                    || address.isMulticastAddress()
                    || address.isAnyLocalAddress()) {
                return Optional.of(
                        "its address " + IpAddresses.format(address) + " is not one of a host");
            }
            return network.spec().cidrs().stream()
                    .filter(cidr -> cidr.contains(address))
                    .findFirst()
                    .map(cidr ->
                            "its address "
                                    + IpAddresses.format(address)
                                    + " is inside the network's own "
                                    + cidr);
        }

        private Optional<Peer.Endpoint> refuse(Node node, String reason) {
            refused.add(new RefusedPeer(node.name(), reason));
            return Optional.empty();
        }
    }
}
