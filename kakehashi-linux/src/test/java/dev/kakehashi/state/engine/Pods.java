package dev.kakehashi.state.engine;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.ChainType;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Hook;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;

/** Attachments like those that container networks make. */
final class Pods {
    static final Table MASQUERADE = Table.of(Family.INET, "cni_plugins_masquerade");

    private Pods() {}

    /** A pod on the bridge cni0, as the bridge plugin makes it. */
    static DesiredState bridged(int number) {
        String veth = "veth" + number;
        String owner = "net/pod" + number + "/eth0";
        IpPrefix address = IpPrefix.parse("10.1.0." + (number + 1) + "/24");
        return DesiredState.builder()
                .host(
                        Link.share("cni0", Bridge.plain()).mtu(1500).up(true).build(),
                        Link.veth(veth, LinkRef.container("eth0"))
                                .owner(owner)
                                .master("cni0")
                                .hairpin(true)
                                .isolated(true)
                                .mtu(1450)
                                .up(true)
                                .build(),
                        Sysctl.ipv6(veth, "accept_ra", "0").optional(),
                        Address.of("cni0", IpPrefix.parse("10.1.0.1/24")).shared(),
                        Sysctl.shared("net/ipv4/ip_forward", "1"))
                .container(
                        Link.veth("eth0", LinkRef.host(veth))
                                .owner(owner)
                                .mtu(1450)
                                .up(true)
                                .build(),
                        Sysctl.ipv6("eth0", "accept_dad", "0"),
                        Sysctl.ipv4("eth0", "arp_notify", "1"),
                        Address.of("eth0", address),
                        Route.to(
                                        IpPrefix.parse("0.0.0.0/0"),
                                        NextHop.via(IpAddresses.parse("10.1.0.1"), "eth0"))
                                .prepend()
                                .build(),
                        Link.existing("lo").up(true).build())
                .build();
    }

    /** Its masquerade, as the reference plugins write it with nftables. */
    static DesiredState masqueraded(int number) {
        IpPrefix address = IpPrefix.parse("10.1.0." + (number + 1) + "/24");
        Rule rule =
                Rule.in(Family.INET)
                        .saddr(address.address())
                        .daddrNot(address.network())
                        .masquerade()
                        .comment("hash-" + number + ", net: net, if: eth0, id: pod" + number)
                        .build();
        return bridged(number)
                .merge(
                        DesiredState.builder()
                                .host(
                                        NftChain.shared(MASQUERADE, Chain.regular("masq_checks")),
                                        NftChain.shared(
                                                MASQUERADE,
                                                Chain.base(
                                                        "postrouting",
                                                        ChainType.NAT,
                                                        Hook.POSTROUTING,
                                                        100),
                                                Rule.in(Family.INET)
                                                        .daddr(IpPrefix.parse("224.0.0.0/4"))
                                                        .returns()
                                                        .build(),
                                                Rule.in(Family.INET).goTo("masq_checks").build()),
                                        NftRules.of(MASQUERADE.id(), "masq_checks", rule))
                                .build());
    }
}
