package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

import java.util.List;

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
        return new NetworkSpec(
                cidrs,
                nodePrefixLength,
                nodePrefixLengthIpv6,
                other,
                podLink,
                dataplane,
                mtu,
                masquerade,
                crossSubnet,
                vxlan,
                ipip,
                wireguard,
                ipam,
                bgp);
    }

    /** The same with another VXLAN section. */
    public NetworkSpec withVxlan(VxlanSpec other) {
        return new NetworkSpec(
                cidrs,
                nodePrefixLength,
                nodePrefixLengthIpv6,
                carrier,
                podLink,
                dataplane,
                mtu,
                masquerade,
                crossSubnet,
                other,
                ipip,
                wireguard,
                ipam,
                bgp);
    }

    /** The same with another IP-in-IP section. */
    public NetworkSpec withIpip(IpipSpec other) {
        return new NetworkSpec(
                cidrs,
                nodePrefixLength,
                nodePrefixLengthIpv6,
                carrier,
                podLink,
                dataplane,
                mtu,
                masquerade,
                crossSubnet,
                vxlan,
                other,
                wireguard,
                ipam,
                bgp);
    }

    /** The same with another WireGuard section. */
    public NetworkSpec withWireguard(WireguardSpec other) {
        return new NetworkSpec(
                cidrs,
                nodePrefixLength,
                nodePrefixLengthIpv6,
                carrier,
                podLink,
                dataplane,
                mtu,
                masquerade,
                crossSubnet,
                vxlan,
                ipip,
                other,
                ipam,
                bgp);
    }

    /** The same with other settings of BGP. */
    public NetworkSpec withBgp(BgpSpec other) {
        return new NetworkSpec(
                cidrs,
                nodePrefixLength,
                nodePrefixLengthIpv6,
                carrier,
                podLink,
                dataplane,
                mtu,
                masquerade,
                crossSubnet,
                vxlan,
                ipip,
                wireguard,
                ipam,
                other);
    }

    /** The same with addresses from elsewhere. */
    public NetworkSpec withIpam(IpamSpec other) {
        return new NetworkSpec(
                cidrs,
                nodePrefixLength,
                nodePrefixLengthIpv6,
                carrier,
                podLink,
                dataplane,
                mtu,
                masquerade,
                crossSubnet,
                vxlan,
                ipip,
                wireguard,
                other,
                bgp);
    }

    /** The same with another MTU of pods. */
    public NetworkSpec withMtu(int other) {
        return new NetworkSpec(
                cidrs,
                nodePrefixLength,
                nodePrefixLengthIpv6,
                carrier,
                podLink,
                dataplane,
                other,
                masquerade,
                crossSubnet,
                vxlan,
                ipip,
                wireguard,
                ipam,
                bgp);
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
        return new NetworkSpec(
                cidrs,
                nodePrefixLength,
                nodePrefixLengthIpv6,
                carrier,
                podLink,
                dataplane,
                mtu,
                masquerade,
                other,
                vxlan,
                ipip,
                wireguard,
                ipam,
                bgp);
    }

    /** The length of the subnet a node gets out of a prefix of that family. */
    public int nodePrefixLength(boolean ipv4) {
        return ipv4 ? nodePrefixLength : nodePrefixLengthIpv6;
    }
}
