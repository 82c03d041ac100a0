package dev.kakehashi.state.engine;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.state.NamespaceId;

import java.net.InetAddress;

/** How commands of iproute2 name things. */
final class Commands {
    private Commands() {}

    /** {@code ip}, in a namespace. */
    static String ip(NamespaceId namespace) {
        return tool("ip", namespace);
    }

    /** {@code ip}, in a namespace, for IPv6 if the address is one. */
    static String ip(NamespaceId namespace, boolean ipv4) {
        return ip(namespace) + (ipv4 ? "" : " -6");
    }

    /** {@code bridge}, in a namespace. */
    static String bridge(NamespaceId namespace) {
        return tool("bridge", namespace);
    }

    /** {@code tc}, in a namespace. */
    static String tc(NamespaceId namespace) {
        return tool("tc", namespace);
    }

    /** Any program, in a namespace. */
    static String in(NamespaceId namespace) {
        return namespace.equals(NamespaceId.HOST) ? "" : "ip netns exec " + namespace + " ";
    }

    private static String tool(String tool, NamespaceId namespace) {
        return namespace.equals(NamespaceId.HOST) ? tool : tool + " -n " + namespace;
    }

    static String text(InetAddress address) {
        return IpAddresses.format(address);
    }

    /** A destination; everything is {@code default}. */
    static String destination(IpPrefix prefix) {
        return prefix.length() == 0 ? "default" : prefix.toString();
    }

    static String onOff(boolean on) {
        return on ? "on" : "off";
    }
}
