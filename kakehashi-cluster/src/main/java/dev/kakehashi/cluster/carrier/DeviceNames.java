package dev.kakehashi.cluster.carrier;

/** What the devices of overlays are called on a node: ours, and those that ours take over from. */
public final class DeviceNames {
    /** Our first WireGuard device. Not Flannel's name: both can be on a node. */
    public static final String WIREGUARD = "kakehashi-wg";

    /** Our second one, whose name begins with that of the first. */
    static final String WIREGUARD_2 = WIREGUARD + "2";

    /** Our IPIP device. */
    static final String IPIP = "kakehashi-ipip";

    /** What Flannel's VXLAN device for IPv4 is called, before the VNI; ours takes its place. */
    public static final String VXLAN = "flannel.";

    /** The same for IPv6. */
    public static final String VXLAN_IPV6 = "flannel-v6.";

    /**
     * What the names of Flannel's WireGuard devices begin with: {@code flannel-wg}, {@code
     * flannel-wg-v6}.
     */
    public static final String FLANNELS_WIREGUARD = "flannel-wg";

    private DeviceNames() {}
}
