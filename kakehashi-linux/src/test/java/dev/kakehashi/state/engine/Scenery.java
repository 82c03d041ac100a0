package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;

/**
 * What is in a namespace before us: an underlay, a bridge and an nftables chain that others use
 * too, a link to be taken, and things of others of every kind.
 */
final class Scenery {
    static final String UNDERLAY = "ext0";
    static final String SHARED_BRIDGE = "shared0";
    static final String TO_BE_MOVED = "spare0";
    static final Table SHARED_TABLE = Table.of(Family.INET, "shared");
    static final Chain SHARED_CHAIN = Chain.regular("guests");

    private static final String SCRIPT =
            """
            set -e
            echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
            ip link set lo up
            ip link add ext0 address 02:00:00:00:00:e0 type veth peer name ext1 address 02:00:00:00:00:e1
            ip link set ext0 up
            ip link set ext1 up
            ip address add 192.0.2.1/24 dev ext0
            ip address add 192.0.2.2/24 dev ext0
            ip address add 2001:db8::1/64 dev ext0 nodad
            ip link add shared0 address 02:00:00:00:00:50 type bridge mcast_snooping 0
            ip link set shared0 up
            ip address add 198.51.100.1/24 dev shared0
            ip link add guest0 type veth peer name guest1
            ip link set guest0 master shared0 up
            ip link set guest1 up
            ip link add spare0 type ifb
            ip link add alien0 alias somebody:else type ifb
            ip link set alien0 up
            ip route add 203.0.113.0/24 via 192.0.2.9
            ip route add 203.0.114.0/24 via 192.0.2.9 metric 5 proto 99
            ip route add blackhole 203.0.115.0/24 table 100
            ip -6 route add 2001:db8:1::/48 via 2001:db8::9
            ip rule add priority 500 from 198.51.100.0/24 lookup 100
            ip -6 rule add priority 500 from 2001:db8:2::/48 lookup 100
            ip neighbour add 192.0.2.9 lladdr 02:00:00:00:00:09 dev ext0 nud permanent
            ip neighbour add proxy 192.0.2.77 dev ext0
            bridge fdb add 02:00:00:00:00:99 dev guest0 master static
            nft add table inet shared
            nft add chain inet shared guests
            nft add rule inet shared guests tcp dport 22 accept comment guest
            nft add table inet alien
            nft add chain inet alien in '{ type filter hook input priority 0; }'
            nft add rule inet alien in accept
            for link in ext0 ext1 guest0 guest1 shared0; do
                until ip link show $link | grep -q 'state UP'; do sleep 0.01; done
            done
            while ip -6 address show tentative | grep -q inet6; do sleep 0.01; done
            """;

    private Scenery() {}

    static void build(Netns host) throws IOException {
        var _ = TestNamespaces.run(host, "sh", "-c", SCRIPT);
    }
}
