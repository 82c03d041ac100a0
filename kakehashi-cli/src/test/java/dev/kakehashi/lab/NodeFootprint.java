package dev.kakehashi.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What there is in a node that Kakehashi could have made: devices, addresses, routes, rules, what
 * is in netfilter but for kube-proxy's, sysctls of the underlay's interface, files.
 *
 * <p>Not {@code rp_filter} of that interface: a lab's bears our mark, and what is ours is not given
 * its earlier settings back. Nor {@code forwarding} and {@code accept_ra}, which we never turn
 * back, and the anycast addresses that a router of IPv6 has (RFC 4291, section 2.6.1); the chains
 * that portmap shares with the reference plugin, which leaves them too (those of containers count);
 * and the results that the container runtime keeps of containers that ended without it.
 */
final class NodeFootprint {
    private static final String LOOK =
            """
            ip -br link | while read name rest; do echo "link ${name%@*}"; done
            ip -o address | while read n dev fam addr rest; do echo "address $dev $addr"; done
            ip route show table all | grep -v ^anycast | sed 's/^/route /'
            ip -6 route show table all | grep -v ^anycast | sed 's/^/route6 /'
            ip rule | sed 's/^/rule /'
            ip -6 rule | sed 's/^/rule6 /'
            nft list tables
            nft list ruleset 2>/dev/null | grep -i kakehashi | sed 's/^/nft /' || :
            nft list chains 2>/dev/null | grep -o 'chain [A-Za-z-]*' \
                | grep -vE 'chain (KUBE|CNI-HOSTPORT)-' || :
            sysctl net.ipv4.conf.eth0 net.ipv6.conf.eth0 2>/dev/null \
                | grep -vE 'forwarding|rp_filter|accept_ra ='
            find /opt/cni/bin /opt/kakehashi /etc/cni/net.d /var/lib/kakehashi /run/kakehashi \
                -mindepth 1 | sed 's/^/file /'
            find /var/lib/cni -path '*/results' -prune -o ! -type d -print | sed 's/^/file /'
            """;

    /** Tables of iptables that kube-proxy and kubelet make, and may make at any time. */
    private static final Set<String> OF_KUBERNETES =
            Set.of("filter", "nat", "mangle", "raw", "security");

    private NodeFootprint() {}

    /** All of it, a line each. */
    static Set<String> of(LabBed nodes, LabNode node) throws IOException {
        Set<String> found = new TreeSet<>();
        for (String line : nodes.inNode(node.name(), LOOK).lines().toList()) {
            List<String> words = List.of(line.strip().split(" ", -1));
            boolean kubernetes =
                    (words.getFirst().equals("table") && OF_KUBERNETES.contains(words.getLast()))
                            || (words.getFirst().equals("chain") && isBuiltIn(words.getLast()));
            if (!kubernetes) {
                found.add(line.strip());
            }
        }
        return found;
    }

    /** Chains that come with a table of iptables. */
    private static boolean isBuiltIn(String chain) {
        return chain.equals(chain.toUpperCase(java.util.Locale.ROOT)) && !chain.startsWith("CNI");
    }

    /** What is in {@code now} and was not {@code before}, and the other way round. */
    static List<String> differences(Set<String> before, Set<String> now) {
        List<String> differences = new ArrayList<>();
        now.stream().filter(line -> !before.contains(line)).forEach(l -> differences.add("+" + l));
        before.stream().filter(line -> !now.contains(line)).forEach(l -> differences.add("-" + l));
        return differences;
    }
}
