package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

import java.util.List;
import java.util.function.Consumer;

/**
 * What a Network is to be.
 *
 * @param cidrs the addresses of all pods: one prefix, or one of each family
 * @param nodePrefixLength length of the IPv4 subnet each node gets
 * @param nodePrefixLengthIpv6 length of the IPv6 subnet each node gets
 * @param carrier how packets travel between nodes
 * @param podLink how a pod is joined to its node
 * @param dataplane what forwards and filters on a node
 * @param mtu MTU of the pods' interfaces in octets; 0: the underlay's less the carrier's overhead
 * @param masquerade whether what pods send out of the network leaves with the node's address
 * @param crossSubnet what {@code host-gw} does with a node behind a router
 * @param vxlan settings of the VXLAN overlay
 * @param ipip settings of the IP-in-IP overlay
 * @param wireguard settings of the WireGuard overlay
 * @param ipam where pods' addresses come from
 * @param bgp settings of the carrier bgp
 */
public record NetworkSpec(
        List<IpPrefix> cidrs,
        int nodePrefixLength,
        int nodePrefixLengthIpv6,
        CarrierName carrier,
        PodLink podLink,
        Dataplane dataplane,
        int mtu,
        boolean masquerade,
        CrossSubnet crossSubnet,
        VxlanSpec vxlan,
        IpipSpec ipip,
        WireguardSpec wireguard,
        IpamSpec ipam,
        BgpSpec bgp) {
    /** As Flannel and the Kubernetes controller manager: 254 pods a node. */
    public static final int DEFAULT_NODE_PREFIX_LENGTH = 24;

    /** As Flannel and the Kubernetes controller manager. */
    public static final int DEFAULT_NODE_PREFIX_LENGTH_IPV6 = 64;

    /** RFC 791: every IPv4 host accepts 576 octets; below it nothing works. */
    public static final int MIN_MTU = 576;

    /** The largest IP packet. */
    public static final int MAX_MTU = 65535;

    /** Copies the prefixes. */
    public NetworkSpec {
        cidrs = List.copyOf(cidrs);
    }

    /** Default settings over {@code cidrs}. */
    public static NetworkSpec of(List<IpPrefix> cidrs) {
        return new NetworkSpec(
                cidrs,
                DEFAULT_NODE_PREFIX_LENGTH,
                DEFAULT_NODE_PREFIX_LENGTH_IPV6,
                CarrierName.VXLAN,
                PodLink.BRIDGE,
                Dataplane.NFT,
                0,
                true,
                CrossSubnet.REFUSE,
                VxlanSpec.defaults(),
                IpipSpec.defaults(),
                WireguardSpec.defaults(),
                IpamSpec.defaults(),
                BgpSpec.defaults());
    }

    /** The same with another carrier. */
    public NetworkSpec withCarrier(CarrierName other) {
        return changed(draft -> draft.carrier = other);
    }

    /** The same with other lengths of the nodes' subnets, of IPv4 and of IPv6. */
    public NetworkSpec withNodePrefixLengths(int ipv4, int ipv6) {
        return changed(draft -> {
            draft.nodePrefixLength = ipv4;
            draft.nodePrefixLengthIpv6 = ipv6;
        });
    }

    /** The same with another VXLAN section. */
    public NetworkSpec withVxlan(VxlanSpec other) {
        return changed(draft -> draft.vxlan = other);
    }

    /** The same with another IP-in-IP section. */
    public NetworkSpec withIpip(IpipSpec other) {
        return changed(draft -> draft.ipip = other);
    }

    /** The same with another WireGuard section. */
    public NetworkSpec withWireguard(WireguardSpec other) {
        return changed(draft -> draft.wireguard = other);
    }

    /** The same with other settings of BGP. */
    public NetworkSpec withBgp(BgpSpec other) {
        return changed(draft -> draft.bgp = other);
    }

    /** The same with pods joined to their nodes in another way. */
    public NetworkSpec withPodLink(PodLink other) {
        return changed(draft -> draft.podLink = other);
    }

    /** The same with addresses from elsewhere. */
    public NetworkSpec withIpam(IpamSpec other) {
        return changed(draft -> draft.ipam = other);
    }

    /** The same with another MTU of pods. */
    public NetworkSpec withMtu(int other) {
        return changed(draft -> draft.mtu = other);
    }

    /** Whether pods have addresses out of pools. */
    public boolean usesPools() {
        return ipam.type() == IpamType.POOLS;
    }

    /** Whether packets between some nodes may be wrapped by an overlay. */
    public boolean permits(CarrierName overlay) {
        return carrier == overlay
                || (carrier == CarrierName.HOST_GW
                        && crossSubnet.toString().equals(overlay.toString()));
    }

    /** The same with another answer to nodes behind a router. */
    public NetworkSpec withCrossSubnet(CrossSubnet other) {
        return changed(draft -> draft.crossSubnet = other);
    }

    /** The length of the subnet a node gets out of a prefix of that family. */
    public int nodePrefixLength(boolean ipv4) {
        return ipv4 ? nodePrefixLength : nodePrefixLengthIpv6;
    }

    private NetworkSpec changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new NetworkSpec(
                cidrs,
                draft.nodePrefixLength,
                draft.nodePrefixLengthIpv6,
                draft.carrier,
                draft.podLink,
                dataplane,
                draft.mtu,
                masquerade,
                draft.crossSubnet,
                draft.vxlan,
                draft.ipip,
                draft.wireguard,
                draft.ipam,
                draft.bgp);
    }

    /** What another spec may differ in. */
    private static final class Draft {
        private int nodePrefixLength;
        private int nodePrefixLengthIpv6;
        private CarrierName carrier;
        private PodLink podLink;
        private int mtu;
        private CrossSubnet crossSubnet;
        private VxlanSpec vxlan;
        private IpipSpec ipip;
        private WireguardSpec wireguard;
        private IpamSpec ipam;
        private BgpSpec bgp;

        Draft(NetworkSpec spec) {
            nodePrefixLength = spec.nodePrefixLength;
            nodePrefixLengthIpv6 = spec.nodePrefixLengthIpv6;
            carrier = spec.carrier;
            podLink = spec.podLink;
            mtu = spec.mtu;
            crossSubnet = spec.crossSubnet;
            vxlan = spec.vxlan;
            ipip = spec.ipip;
            wireguard = spec.wireguard;
            ipam = spec.ipam;
            bgp = spec.bgp;
        }
    }
}
