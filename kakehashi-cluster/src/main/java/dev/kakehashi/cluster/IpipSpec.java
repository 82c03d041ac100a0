package dev.kakehashi.cluster;

/**
 * Settings of the IP-in-IP overlay (RFC 2003).
 *
 * @param directRouting whether nodes of one segment are reached by plain routes, as Calico's {@code
 *     ipipMode: CrossSubnet}
 */
public record IpipSpec(boolean directRouting) {
    /** As Calico's {@code ipipMode: Always}. */
    public static IpipSpec defaults() {
        return new IpipSpec(false);
    }
}
