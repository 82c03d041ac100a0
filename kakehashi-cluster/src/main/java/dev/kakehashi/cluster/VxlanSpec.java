package dev.kakehashi.cluster;

/**
 * Settings of the VXLAN overlay (RFC 7348).
 *
 * @param vni VXLAN network identifier, 1 to 16777215
 * @param port UDP port
 * @param directRouting whether nodes of one segment are reached by plain routes
 */
public record VxlanSpec(int vni, int port, boolean directRouting) {
    /** Flannel's identifier. */
    public static final int DEFAULT_VNI = 1;

    /** The Linux kernel's and Flannel's port; IANA's later 4789 is in use by Calico and Antrea. */
    public static final int DEFAULT_PORT = 8472;

    /** As Flannel. */
    public static VxlanSpec defaults() {
        return new VxlanSpec(DEFAULT_VNI, DEFAULT_PORT, false);
    }
}
