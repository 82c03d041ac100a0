package dev.kakehashi.cluster;

import java.net.Inet4Address;
import java.net.InetAddress;

/** A family of addresses, with the names of a Kubernetes Service's {@code ipFamilies}. */
public enum IpFamily {
    /** RFC 791. */
    IPV4("IPv4"),
    /** RFC 8200. */
    IPV6("IPv6");

    private final String text;

    IpFamily(String text) {
        this.text = text;
    }

    /** That of an address. */
    public static IpFamily of(InetAddress address) {
        return address instanceof Inet4Address ? IPV4 : IPV6;
    }

    /** As it is written in YAML. */
    @Override
    public String toString() {
        return text;
    }
}
