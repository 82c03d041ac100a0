package dev.kakehashi.plugins.peers;

import static dev.kakehashi.plugins.peers.Differences.compared;
import static dev.kakehashi.plugins.peers.Differences.in;
import static dev.kakehashi.plugins.peers.Differences.tested;

import dev.kakehashi.plugins.peers.Difference.Area;

/** What chained plugins do otherwise that change the host's packet filter. */
final class FilterDifferences {

    private static final String NONE = Facts.ABSENT;

    private FilterDifferences() {}

    static void add() {
        compared(
                Area.KERNEL,
                "`portmap` in nftables has two rules for each port in the tables `ip cni_hostport` and"
                        + " `ip6 cni_hostport`",
                "a port is an element of a map in the table `inet kakehashi_ports`",
                "a packet finds its way, and an ADD takes as long, with one port as with thousands",
                in(
                        "portmap, nftables.*",
                        "(ADD|DEL) host nft .* inet kakehashi_ports.*",
                        NONE,
                        "present"));
        compared(
                Area.KERNEL,
                "the rules of `firewall` have no mark, those for a bridge none of their network",
                "they have the network, interface and container as comment. Ours CHECK and delete"
                        + " either; the reference does not find ours",
                "so that DEL does without the addresses and GC finds what is lost",
                in(
                        "firewall.*",
                        "(ADD|DEL) host ip6?tables-save -A CNI-(FORWARD -[ds]|ISOLATION-STAGE-[12]"
                                + " -[io]) .*",
                        "(?s).*",
                        "(?s).*"));
        compared(
                Area.CALLS,
                "STATUS passes for configurations that ADD refuses",
                "it is an error (7)",
                "no ADD could be served",
                in("(portmap|host-local|static), .*", "STATUS · status", "success", "error"),
                in("bridge, unknown masquerade", "STATUS · status", "success", "error"));
        tested(
                Area.CALLS,
                "in `portmap` without `backend`, conditions in the words of nft and"
                        + " `externalSetMarkChain` are refused where they are not for the default",
                "they choose the backend",
                "they say which one is meant",
                "PortmapConfigTest");
        compared(
                Area.CALLS,
                "`firewall` admits a container, then sees that it does not know the ingress policy;"
                        + " CHECK never does",
                "ADD changes nothing, CHECK is an error",
                "a failed ADD leaves nothing",
                in("firewall, ingress policy x", "CHECK · status", "success", "error"),
                in(
                        "firewall, ingress policy x",
                        "(ADD|DEL) host ip6?tables-save .*",
                        "present",
                        NONE));
        compared(
                Area.OLD,
                "CHECK of `portmap` always fails",
                "it looks at what ADD made",
                "as the newest reference",
                in("portmap.*", "CHECK · status", "error", "success"));
        compared(
                Area.OLD,
                "`portmap` does not know `masqAll`",
                "all connections are masqueraded",
                "as the newest reference",
                in(
                        "portmap, all masqueraded",
                        "ADD host ip6?tables-save -A CNI-DN-.* -j CNI-HOSTPORT-SETMARK",
                        "(?s).*",
                        "(?s).*"));
        compared(
                Area.OLD,
                "the comments of `firewall`'s isolation chains name one policy",
                "they name both",
                "as the newest reference",
                in(
                        "firewall, ingress policy same-bridge",
                        "(ADD|DEL) host ip6?tables-save -A .*ingressPolicy: same-bridge.*",
                        "(?s).*",
                        "(?s).*"));
        tested(
                Area.KERNEL,
                "`firewall` leaves what keeps bridges apart for ever, and CHECK does not look at it",
                "it goes with the last container of its network; CHECK looks",
                "a bridge of that name may be made for something else",
                "FirewallPluginTest");
        tested(
                Area.KERNEL,
                "the chain of `portmap` is named by network and container",
                "by the interface, too. Ours CHECK and delete either; the reference does not find ours",
                "two interfaces of a container in one network took each other's ports away",
                "PortmapPluginTest");
        tested(
                Area.CALLS,
                "`masqAll` of `portmap` does nothing in nftables",
                "all connections are masqueraded, as in iptables",
                "it was asked for",
                "PortmapPluginTest");
        tested(
                Area.CALLS,
                "`portmap` forgets tracked UDP connections on ADD",
                "on DEL, too",
                "a client would go on sending to a container that is gone",
                "PortmapPluginTest");
        tested(
                Area.CALLS,
                "the conditions of one network's `portmap` in nftables replace those of all others",
                "they are the network's own",
                "each network says who may come",
                "PortmapPluginTest");
        tested(
                Area.CALLS,
                "a host port that two containers publish stays the first one's",
                "in nftables, the last one has it",
                "runtimes and schedulers see to it that no two living ones want it; one that was lost"
                        + " without DEL is no obstacle",
                "PortmapPluginTest");
        tested(
                Area.CALLS,
                "a host port that is mapped to two container ports of one container leads to the"
                        + " one that is named first",
                "it is refused (7), unless one of them has a `hostIP` of its own, which then comes"
                        + " first wherever it is named",
                "nobody could reach the second",
                "PortOfOneAddressTest");
        tested(
                Area.CONFIGURATION,
                "`firewall` knows the backends iptables and firewalld; another name means whichever"
                        + " works",
                "`nftables`, too; another name is an error (7)",
                "hosts without iptables are common",
                "FirewallPluginTest");
        tested(
                Area.CALLS,
                "`firewall` needs ip6tables for IPv4 alone",
                "it does not",
                "a host may do without IPv6",
                "HostWithoutIptablesTest");
        tested(
                Area.CALLS,
                "`firewall`: CHECK takes any answer of firewalld",
                "it is an error when firewalld does not have the address",
                "the container is not reachable then",
                "FirewalldTest");
    }
}
