package dev.kakehashi.cluster.bgp;

import dev.kakehashi.linux.IpPrefix;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What BIRD 2 is told.
 *
 * @param node name of the node, for people
 * @param network name of the network, for people
 * @param routerId of BGP: unique among all speakers (RFC 6286)
 * @param ranges the addresses of all pods
 * @param own prefixes of this node's pods, which it announces
 * @param lent addresses of those prefixes that other nodes borrowed, and announce
 * @param mtus octets that go to the pods of a node, by the address by which it says where they are
 * @param sessions with whom
 */
public record BirdConfig(
        String node,
        String network,
        InetAddress routerId,
        List<IpPrefix> ranges,
        List<IpPrefix> own,
        List<IpPrefix> lent,
        Map<InetAddress, Integer> mtus,
        List<BirdSession> sessions) {
    private static final int METRIC = 75;

    /** IP6_RT_PRIO_USER of linux/ipv6_route.h. */
    private static final int DEFAULT_METRIC_IPV6 = 1024;

    /** Copies the lists and the map, whose order stays. */
    public BirdConfig {
        ranges = List.copyOf(ranges);
        own = List.copyOf(own);
        lent = List.copyOf(lent);
        mtus = Collections.unmodifiableMap(new LinkedHashMap<>(mtus));
        sessions = List.copyOf(sessions);
    }

    /**
     * The metric of its routes in the kernel. One of its own: of two BIRDs with the same, as by
     * BIRD's default (32), each deletes what the other has made. Both stand behind routes that have
     * none, of which IPv6's have 1024: while another carrier takes over, its route wins.
     */
    public static int metric(boolean ipv4) {
        return ipv4 ? METRIC : DEFAULT_METRIC_IPV6 + METRIC;
    }

    /** The name of the protocol by which its routes get into the kernel. */
    public static String kernelProtocol(boolean ipv4) {
        return ipv4 ? "kernel4" : "kernel6";
    }

    List<IpPrefix> ranges(boolean ipv4) {
        return ranges.stream().filter(prefix -> prefix.isIpv4() == ipv4).toList();
    }

    /** Whether IPv4 routes may have next hops of IPv6. */
    boolean isIpv4ByIpv6() {
        return sessions.stream().anyMatch(BirdSession::isIpv4ByIpv6);
    }

    Map<InetAddress, Integer> mtus(boolean ipv4) {
        Map<InetAddress, Integer> ofFamily = new LinkedHashMap<>(mtus);
        boolean both = ipv4 && isIpv4ByIpv6();
        ofFamily.keySet().removeIf(address -> address instanceof Inet4Address != ipv4 && !both);
        return ofFamily;
    }

    List<IpPrefix> own(boolean ipv4) {
        return own.stream().filter(prefix -> prefix.isIpv4() == ipv4).toList();
    }

    List<IpPrefix> lent(boolean ipv4) {
        return lent.stream().filter(prefix -> prefix.isIpv4() == ipv4).toList();
    }

    /**
     * The file that BIRD reads; it may hold passwords.
     *
     * @param log where BIRD writes its log: an absolute path; its standard error if there is none
     */
    public String text(Optional<String> log) {
        return new BirdText(this, log).write();
    }
}
