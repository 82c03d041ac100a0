package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.util.Map;

class DiffTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:07");

    private static final DesiredState POD =
            DesiredState.builder()
                    .host(
                            Sysctl.shared("net/ipv4/ip_forward", "1"),
                            Link.veth("veth1", LinkRef.container("eth0"))
                                    .owner("net/c1/eth0")
                                    .mtu(1450)
                                    .up(true)
                                    .build(),
                            Sysctl.ipv6("veth1", "accept_ra", "0").optional(),
                            Route.to(prefix("10.1.0.5/32"), NextHop.dev("veth1")).build())
                    .container(
                            Link.existing("lo").up(true).build(),
                            Link.veth("eth0", LinkRef.host("veth1"))
                                    .owner("net/c1/eth0")
                                    .mac(MAC)
                                    .mtu(1450)
                                    .up(true)
                                    .build(),
                            Sysctl.ipv6("eth0", "accept_dad", "0"),
                            Address.of("eth0", prefix("10.1.0.5/24")),
                            Route.to(prefix("0.0.0.0/0"), NextHop.via(ip("10.1.0.1"), "eth0"))
                                    .prepend()
                                    .build())
                    .build();

    @Test
    void switchOfALinkOfOthers_isSetBeforeThoseOfTheNamespace() {
        DesiredState wanted =
                DesiredState.builder()
                        .host(
                                Sysctl.shared("net/ipv6/conf/all/forwarding", "1"),
                                Sysctl.sharedIpv6("eth0", "accept_ra", "2"))
                        .build();
        ObservedState observed =
                observed(
                        new ObservedNamespace.Builder()
                                .add(sysctl("net/ipv6/conf/all/forwarding", "0"))
                                .add(sysctl("net/ipv6/conf/eth0/accept_ra", "1")),
                        new ObservedNamespace.Builder());
        assertThat(Diff.between(wanted, observed))
                .hasToString(
                        """
                        sysctl -w net/ipv6/conf/eth0/accept_ra=2
                        sysctl -w net/ipv6/conf/all/forwarding=1
                        """);
    }

    @Test
    void emptyKernel_podIsMadeInOrder() {
        ObservedState observed =
                observed(
                        new ObservedNamespace.Builder().add(sysctl("net/ipv4/ip_forward", "0")),
                        new ObservedNamespace.Builder().add(Links.down("lo", 1)));
        assertThat(Diff.between(POD, observed))
                .hasToString(
                        """
                        ip link add veth1 numtxqueues 1 numrxqueues 1 mtu 1450 type veth peer name eth0 numtxqueues 1 numrxqueues 1 address 02:00:00:00:00:07 mtu 1450 netns container
                        ip link set veth1 alias kakehashi:net/c1/eth0 up
                        sysctl -w net/ipv4/ip_forward=1
                        sysctl -w net/ipv6/conf/veth1/accept_ra=0
                        ip route add 10.1.0.5/32 dev veth1 scope link proto 75
                        ip netns exec container sysctl -w net/ipv6/conf/eth0/accept_dad=0
                        ip -n container address add 10.1.0.5/24 brd + dev eth0 proto 75
                        ip -n container link set eth0 alias kakehashi:net/c1/eth0 up
                        ip -n container link set lo up
                        ip -n container route prepend default via 10.1.0.1 dev eth0 proto 75
                        """);
    }

    @Test
    void peerOfAnOverlay_neighbourBeforeForwardingBeforeRoute() {
        DesiredState peer =
                DesiredState.builder()
                        .host(
                                Route.to(
                                                prefix("10.2.0.0/24"),
                                                NextHop.onlink(ip("10.2.0.0"), "flannel.1"))
                                        .build(),
                                FdbEntry.vxlan("flannel.1", MAC, ip("192.0.2.2")),
                                Neighbour.permanent("flannel.1", ip("10.2.0.0"), MAC))
                        .build();
        assertThat(Diff.between(peer, ObservedState.EMPTY))
                .hasToString(
                        """
                        ip neighbour add 10.2.0.0 lladdr 02:00:00:00:00:07 dev flannel.1 nud permanent protocol 75
                        bridge fdb add 02:00:00:00:00:07 dev flannel.1 dst 192.0.2.2 self permanent
                        ip route add 10.2.0.0/24 via 10.2.0.0 dev flannel.1 onlink proto 75
                        """);
    }

    @Test
    void ownRouteElsewhere_isReplaced() {
        Route old = Route.to(prefix("10.2.0.0/24"), NextHop.via(ip("192.0.2.2"), "eth1")).build();
        Route wanted = Route.to(prefix("10.2.0.0/24"), NextHop.dev("flannel.1")).build();
        ObservedState observed =
                observed(new ObservedNamespace.Builder().add(new Observed(old, Mark.OURS)));
        assertThat(Diff.between(host(wanted), observed))
                .hasToString("ip route replace 10.2.0.0/24 dev flannel.1 scope link proto 75\n");
    }

    @Test
    void ipv6RouteWithAnMtu_isWrittenLast_whereLinksAreRemoved() {
        Route wanted = Route.to(prefix("2001:db8:2::/48"), NextHop.dev("br1")).mtu(1300).build();
        ObservedNamespace.Builder host =
                new ObservedNamespace.Builder().add(Links.veth("veth1", 9, 2, "net/c1/eth0"));
        String renewal = "ip -6 route replace 2001:db8:2::/48 dev br1 mtu 1300 proto 75\n";
        assertThat(
                        Diff.between(
                                host(wanted),
                                POD,
                                observed(host.add(new Observed(wanted, Mark.OURS)))))
                .hasToString("ip link delete veth1\n" + renewal);
        ObservedNamespace.Builder others =
                new ObservedNamespace.Builder()
                        .add(Links.veth("veth1", 9, 2, "net/c1/eth0"))
                        .add(new Observed(wanted, Mark.FOREIGN));
        assertThat(Diff.between(host(wanted), POD, observed(others)))
                .hasToString("ip link delete veth1\n");
    }

    @Test
    void foreignRouteElsewhere_isAConflictThatNamesBoth() {
        Route theirs = Route.to(prefix("10.2.0.0/24"), NextHop.dev("eth1")).build();
        Route wanted = Route.to(prefix("10.2.0.0/24"), NextHop.dev("flannel.1")).build();
        ObservedState observed =
                observed(new ObservedNamespace.Builder().add(new Observed(theirs, Mark.FOREIGN)));
        Plan plan = Diff.between(host(wanted), observed);
        assertThat(plan.steps()).isEmpty();
        assertThat(plan.conflicts())
                .singleElement()
                .asString()
                .startsWith("route 10.2.0.0/24 in namespace host: there is another already")
                .contains("dev eth1")
                .contains("dev flannel.1");
    }

    @Test
    void foreignRouteAsWanted_satisfies() {
        Route wanted = Route.to(prefix("10.2.0.0/24"), NextHop.dev("eth1")).build();
        ObservedState observed =
                observed(new ObservedNamespace.Builder().add(new Observed(wanted, Mark.FOREIGN)));
        assertThat(Diff.between(host(wanted), observed).isEmpty()).isTrue();
    }

    @Test
    void foreignLinkOfTheSameName_isAConflict() {
        ObservedState observed =
                observed(new ObservedNamespace.Builder().add(Links.down("veth1", 9)));
        assertThat(Diff.between(POD, observed).conflicts())
                .anySatisfy(conflict ->
                        assertThat(conflict.toString())
                                .contains("link veth1 in namespace host")
                                .contains("not ours"));
    }

    @Test
    void unwantedPod_isRemovedByItsLinkAlone() {
        ObservedState observed =
                observed(
                        new ObservedNamespace.Builder()
                                .add(Links.veth("veth1", 9, 2, "net/c1/eth0"))
                                .add(sysctl("net/ipv4/ip_forward", "1"))
                                .add(
                                        new Observed(
                                                Route.to(
                                                                prefix("10.1.0.5/32"),
                                                                NextHop.dev("veth1"))
                                                        .build(),
                                                Mark.OURS)));
        assertThat(Diff.between(DesiredState.EMPTY, POD, observed))
                .hasToString("ip link delete veth1\n");
    }

    @Test
    void sysctlOfOurs_getsTheRecordedValueBack_unlessSomebodyChangedIt() {
        Sysctl wanted = Sysctl.owned("net/ipv4/conf/all/rp_filter", "0");
        ObservedNamespace.Builder kernel =
                new ObservedNamespace.Builder()
                        .add(new Observed(wanted, Mark.NONE))
                        .addValueBefore(wanted.key(), "1");
        assertThat(Diff.between(DesiredState.EMPTY, host(wanted), observed(kernel)))
                .hasToString("sysctl -w net/ipv4/conf/all/rp_filter=1\n");
        ObservedNamespace.Builder changed =
                new ObservedNamespace.Builder()
                        .add(sysctl("net/ipv4/conf/all/rp_filter", "2"))
                        .addValueBefore(wanted.key(), "1");
        assertThat(Diff.between(DesiredState.EMPTY, host(wanted), observed(changed)).steps())
                .isEmpty();
    }

    private static DesiredState host(Resource... resources) {
        return DesiredState.builder().host(resources).build();
    }

    private static Observed sysctl(String path, String value) {
        return new Observed(Sysctl.shared(path, value), Mark.NONE);
    }

    private static ObservedState observed(ObservedNamespace.Builder host) {
        return new ObservedState(Map.of(NamespaceId.HOST, host.build()));
    }

    private static ObservedState observed(
            ObservedNamespace.Builder host, ObservedNamespace.Builder container) {
        return new ObservedState(
                Map.of(NamespaceId.HOST, host.build(), NamespaceId.CONTAINER, container.build()));
    }

    private static IpPrefix prefix(String text) {
        return IpPrefix.parse(text);
    }

    private static InetAddress ip(String text) {
        return IpAddresses.parse(text);
    }
}
