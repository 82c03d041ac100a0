package dev.kakehashi.cluster;

/**
 * Annotations of a Node that nodes write for each other. Those of Flannel's Kubernetes subnet
 * manager are written and read as Flannel does (documented in flannel's {@code
 * Documentation/kubernetes.md}), so that nodes of both can be peers; ours say what Flannel's
 * cannot.
 */
public final class NodeAnnotations {
    /** {@code "true"} when the node takes part in the network. */
    public static final String FLANNEL_MANAGER = "flannel.alpha.coreos.com/kube-subnet-manager";

    /** The carrier, by Flannel's names: {@code vxlan}, {@code host-gw} … */
    public static final String FLANNEL_BACKEND = "flannel.alpha.coreos.com/backend-type";

    /**
     * For vxlan: {@code {"VNI":1,"VtepMAC":"aa:bb:cc:dd:ee:ff"}}; for wireguard: {@code
     * {"PublicKey":"…","Port":51820}}; else {@code null}.
     */
    public static final String FLANNEL_BACKEND_DATA = "flannel.alpha.coreos.com/backend-data";

    /** The same for the IPv6 device. */
    public static final String FLANNEL_BACKEND_V6_DATA = "flannel.alpha.coreos.com/backend-v6-data";

    /** The node's IPv4 address on the underlay. */
    public static final String FLANNEL_PUBLIC_IP = "flannel.alpha.coreos.com/public-ip";

    /** An IPv4 address that an operator sets where the node's own is not the one to send to. */
    public static final String FLANNEL_PUBLIC_IP_OVERWRITE =
            "flannel.alpha.coreos.com/public-ip-overwrite";

    /** The same for IPv6. */
    public static final String FLANNEL_PUBLIC_IPV6_OVERWRITE =
            "flannel.alpha.coreos.com/public-ipv6-overwrite";

    /** The node's IPv6 address on the underlay. */
    public static final String FLANNEL_PUBLIC_IPV6 = "flannel.alpha.coreos.com/public-ipv6";

    /**
     * MAC address of the node's VXLAN device, whatever the carrier in use is: a node can be reached
     * through the overlay the moment the network turns to it.
     */
    public static final String VTEP_MAC = "kakehashi.dev/vtep-mac";

    /** The same of the device for IPv6, where it has another one. */
    public static final String VTEP_MAC_IPV6 = "kakehashi.dev/vtep-mac-ipv6";

    /** Public key of the node's first WireGuard device, in base64, while the node has one. */
    public static final String WIREGUARD_PUBLIC_KEY = "kakehashi.dev/wireguard-public-key";

    /**
     * UDP port of the node's first WireGuard device, where it is not that of the network: that of a
     * node taken over from Flannel, whose own device was still there.
     */
    public static final String WIREGUARD_PORT = "kakehashi.dev/wireguard-port";

    /** The public key of the second one. */
    public static final String WIREGUARD_PUBLIC_KEY_2 = "kakehashi.dev/wireguard-public-key-2";

    /** The interface that holds the underlay address. */
    public static final String UNDERLAY_INTERFACE = "kakehashi.dev/underlay-interface";

    /**
     * Subnets, joined by commas, that the node is about to take for its {@code podCIDRs}: others
     * keep off them. There only while a node registers.
     */
    public static final String SUBNET_CLAIM = "kakehashi.dev/subnet-claim";

    /** The node's own AS, where it is not that of the network ({@link AsNumber#parse}). */
    public static final String BGP_AS_NUMBER = "kakehashi.dev/bgp-as-number";

    /**
     * Makes the node a route reflector (RFC 4456) and is the cluster identifier: four numbers with
     * dots, as an IPv4 address.
     */
    public static final String BGP_ROUTE_REFLECTOR_CLUSTER_ID =
            "kakehashi.dev/bgp-route-reflector-cluster-id";

    /**
     * Which carriers the node can receive by, and which it sends by, while a network goes from one
     * carrier to another ({@link dev.kakehashi.cluster.migration.CarriersAnnotation}).
     */
    public static final String CARRIERS = "kakehashi.dev/carriers";

    /**
     * Carriers that the node cannot have, each with the reason; absent when there is none ({@link
     * dev.kakehashi.cluster.migration.CarrierObstacles}).
     */
    public static final String CARRIER_OBSTACLES = "kakehashi.dev/carrier-obstacles";

    /** Carrier in use. */
    public static final String CARRIER = "kakehashi.dev/carrier";

    /** MTU of pods, in octets. */
    public static final String POD_MTU = "kakehashi.dev/pod-mtu";

    /**
     * The network of the node's pods and where they have their addresses from, {@code
     * pods/podCIDR}; kept while there may be pods ({@link dev.kakehashi.cluster.ipam.IpamInUse}).
     */
    public static final String IPAM_IN_USE = "kakehashi.dev/ipam-in-use";

    /** Version of the node's agent. */
    public static final String AGENT_VERSION = "kakehashi.dev/agent-version";

    /** Number of other nodes that this one has in its kernel. */
    public static final String PEERS = "kakehashi.dev/peers";

    private NodeAnnotations() {}
}
