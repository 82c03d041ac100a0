package dev.kakehashi.agent.node;

import java.util.List;

/** Addresses of one family in a fabric: of nodes, routers, and what is behind these. */
record FabricFamily(boolean ipv4) {
    /** Each of them. */
    static List<FabricFamily> of(Families families) {
        return families.each().stream().map(FabricFamily::new).toList();
    }

    /** On the nodes' segment, where node i is the i-th. */
    String on(int i) {
        return (ipv4 ? "192.0.2." : "2001:db8:1::") + i;
    }

    /** On the wire between a router and a host behind it; wires have numbers from 0. */
    String wire(int wire, int end) {
        return ipv4 ? "198.51.100." + (64 * wire + end) : "2001:db8:2:" + (wire + 1) + "::" + end;
    }

    /** Of a host behind routers, in {@link #beyond()}. */
    String beyond(int i) {
        return (ipv4 ? "203.0.113." : "2001:db8:3::") + i;
    }

    /** A network behind routers. */
    String beyond() {
        return ipv4 ? "203.0.113.0/24" : "2001:db8:3::/64";
    }

    /** One of the three as the prefix of a host. */
    String host(String address) {
        return address + (ipv4 ? "/32" : "/128");
    }

    /** Where a node's pods are. */
    String pods(int node) {
        return ipv4 ? "10.244." + node + ".0/24" : "fd00:10:244:" + node + "::/64";
    }

    /** The pod of a node. */
    String pod(int node) {
        return NodesBed.address(node, 2, ipv4);
    }

    /** Of two families what is this one's. */
    String of(String inIpv4, String inIpv6) {
        return ipv4 ? inIpv4 : inIpv6;
    }

    /** As a word of BIRD, of FRR and of names. */
    String word() {
        return ipv4 ? "ipv4" : "ipv6";
    }

    /** The routes of a namespace, and what follows. */
    String routes() {
        return ipv4 ? "ip route " : "ip -6 route ";
    }

    /** A command that gives a device an address of {@link #on} or {@link #wire}. */
    String add(String address, String device) {
        return added(address + of(address.startsWith("192.0.2.") ? "/24" : "/26", "/64"), device);
    }

    /** A command that gives a device an address alone. */
    String addHost(String address, String device) {
        return added(host(address), device);
    }

    private String added(String prefix, String device) {
        return "ip addr add " + prefix + " dev " + device + of("", " nodad") + "; ";
    }
}
