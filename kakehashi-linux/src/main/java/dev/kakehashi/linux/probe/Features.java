package dev.kakehashi.linux.probe;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Dummy;
import dev.kakehashi.linux.rtnetlink.Ifb;
import dev.kakehashi.linux.rtnetlink.Ipip;
import dev.kakehashi.linux.rtnetlink.Ipvlan;
import dev.kakehashi.linux.rtnetlink.Macvlan;
import dev.kakehashi.linux.rtnetlink.Qdisc;
import dev.kakehashi.linux.rtnetlink.QdiscKind;
import dev.kakehashi.linux.rtnetlink.Veth;
import dev.kakehashi.linux.rtnetlink.Vlan;
import dev.kakehashi.linux.rtnetlink.Vrf;
import dev.kakehashi.linux.rtnetlink.Vxlan;
import dev.kakehashi.linux.rtnetlink.Wireguard;

import java.util.List;
import java.util.Optional;

/** The features that Kakehashi looks for; a new one is a line here. */
public final class Features {
    /** All of them, the most needed first. */
    public static final List<Feature> ALL =
            List.of(
                    new Feature(
                            "veth",
                            "the link of every container: bridge, ptp, podLink",
                            "ip link add type veth",
                            LinkTests.kind(Veth.pair())),
                    new Feature(
                            "bridge",
                            "plugin bridge, podLink bridge, the lab's switches",
                            "ip link add type bridge",
                            LinkTests.kind(Bridge.plain())),
                    new Feature(
                            "bridge-port-isolation",
                            "portIsolation of plugin bridge",
                            "ip link set dev $veth type bridge_slave isolated on",
                            LinkTests::portIsolation),
                    new Feature(
                            "bridge-vlan-filtering",
                            "vlan, vlanTrunk and preserveDefaultVlan of plugin bridge",
                            "ip link add type bridge vlan_filtering 1, seen again",
                            LinkTests::vlanFiltering),
                    new Feature(
                            "vxlan",
                            "carrier vxlan",
                            "ip link add type vxlan id 1 dstport 8472",
                            LinkTests.kind(Vxlan.of(1, 8472).withoutLearning())),
                    new Feature(
                            "macvlan",
                            "plugin macvlan",
                            "ip link add link $veth type macvlan mode bridge",
                            LinkTests.onParent(Macvlan.of(Macvlan.Mode.BRIDGE))),
                    new Feature(
                            "ipvlan",
                            "plugin ipvlan",
                            "ip link add link $veth type ipvlan mode l2",
                            LinkTests.onParent(Ipvlan.of(Ipvlan.Mode.L2))),
                    new Feature(
                            "vlan",
                            "plugin vlan",
                            "ip link add link $veth type vlan id 5",
                            LinkTests.onParent(Vlan.of(5))),
                    new Feature(
                            "vrf",
                            "plugin vrf",
                            "ip link add type vrf table 5",
                            LinkTests.kind(new Vrf(5))),
                    new Feature(
                            "dummy",
                            "plugin dummy",
                            "ip link add type dummy",
                            LinkTests.kind(new Dummy())),
                    new Feature(
                            "ifb",
                            "egress limits of plugin bandwidth",
                            "ip link add type ifb",
                            LinkTests.kind(new Ifb())),
                    new Feature("tun", "plugin tap", "ip tuntap add mode tap", LinkTests::tap),
                    new Feature(
                            "ipip",
                            "carrier ipip",
                            "ip link add type ipip local 192.0.2.1",
                            LinkTests.kind(Ipip.any().withLocal(IpAddresses.parse("192.0.2.1")))),
                    new Feature(
                            "wireguard",
                            "carrier wireguard",
                            "ip link add type wireguard",
                            LinkTests.kind(new Wireguard())),
                    new Feature(
                            "address-protocol",
                            "the mark on addresses of ours (IFA_PROTO, Linux 5.18)",
                            "ip address add 192.0.2.1/32 dev lo proto 75, seen again",
                            RouteTests::addressProtocol),
                    new Feature(
                            "ipv6",
                            "IPv6 addresses of containers",
                            "ip address add 2001:db8::1/128 dev lo",
                            RouteTests::ipv6),
                    new Feature(
                            "policy-routing",
                            "routing by source: plugin sbr, egress",
                            "ip rule add priority 100 lookup 100 protocol 75, seen again",
                            RouteTests::policyRouting),
                    new Feature(
                            "multipath",
                            "several next hops of a route",
                            "ip route add 203.0.113.0/24 nexthop via … nexthop via …",
                            RouteTests::multipath),
                    new Feature(
                            "nft-inet",
                            "rules of ours for both families in one table",
                            "nft add table inet; add chain { type filter hook forward }",
                            NftTests::inet),
                    new Feature(
                            "nft-nat",
                            "port forwarding",
                            "nft add chain inet { type nat hook prerouting }",
                            NftTests::nat),
                    new Feature(
                            "nft-masquerade",
                            "ipMasq, masquerade to the outside",
                            "nft add rule inet … masquerade",
                            NftTests::masquerade),
                    new Feature(
                            "nft-fib",
                            "rules for local destinations: port forwarding",
                            "nft add rule inet … fib daddr type local",
                            NftTests::fib),
                    new Feature(
                            "nft-bridge",
                            "macspoofchk of plugin bridge",
                            "nft add table bridge; add chain { type filter hook prerouting }",
                            NftTests::bridge),
                    new Feature(
                            "nft-netdev-egress",
                            "filters at a link",
                            "nft add chain netdev { type filter hook egress device lo }",
                            NftTests::netdevEgress),
                    new Feature(
                            "conntrack",
                            "removal of connections whose forwarding has changed",
                            "conntrack -L",
                            NftTests::conntrack),
                    new Feature(
                            "tbf",
                            "limits of plugin bandwidth",
                            "tc qdisc add dev lo root tbf rate 1mbit burst 64kb limit 64kb",
                            TrafficTests.qdisc(link ->
                                    Qdisc.root(link, new QdiscKind.Tbf(125_000, 65_536, 65_536)))),
                    new Feature(
                            "ingress",
                            "egress limits of plugin bandwidth",
                            "tc qdisc add dev lo ingress",
                            TrafficTests.qdisc(Qdisc::ingress)),
                    new Feature(
                            "clsact",
                            "BPF programs at links: dataplane ebpf",
                            "tc qdisc add dev lo clsact",
                            TrafficTests.qdisc(Qdisc::clsact)),
                    new Feature(
                            "u32-mirred",
                            "egress limits of plugin bandwidth",
                            "tc filter add dev lo ingress u32 … action mirred egress redirect",
                            TrafficTests::redirect),
                    new Feature(
                            "packet-socket",
                            "announcements of addresses by ARP and NDP",
                            "socket(AF_PACKET, SOCK_RAW)",
                            TrafficTests::packetSocket));

    private Features() {}

    /** The feature of a name. */
    public static Optional<Feature> named(String name) {
        for (Feature feature : ALL) {
            if (feature.name().equals(name)) {
                return Optional.of(feature);
            }
        }
        return Optional.empty();
    }
}
