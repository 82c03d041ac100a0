package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

/**
 * Prefixes of routes that a filter lets pass: a network and what lies in it, down to a length.
 *
 * @param cidr the network
 * @param maxLength the longest prefix that passes; that of {@code cidr} for it alone
 */
public record PrefixRange(IpPrefix cidr, int maxLength) {
    /** One prefix alone. */
    public static PrefixRange exactly(IpPrefix cidr) {
        return new PrefixRange(cidr, cidr.length());
    }

    @Override
    public String toString() {
        return maxLength == cidr.length() ? cidr.toString() : cidr + " to /" + maxLength;
    }
}
