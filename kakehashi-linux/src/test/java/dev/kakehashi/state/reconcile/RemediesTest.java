package dev.kakehashi.state.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;
import dev.kakehashi.state.engine.Step;

import org.junit.jupiter.api.Test;

import java.util.List;

class RemediesTest {
    private static final NamespaceId HOST = NamespaceId.HOST;
    private static final Link BRIDGE =
            Link.create("kk0", Bridge.plain()).owner("me").mtu(1450).up(true).build();
    private static final Route ROUTE =
            Route.to(IpPrefix.parse("10.2.0.0/24"), NextHop.dev("kk0")).build();

    private static List<String> texts(Step... steps) {
        return Remedies.of(List.of(steps), Notice.NOTIFICATION).stream()
                .map(Object::toString)
                .toList();
    }

    @Test
    void nothingDone_saysNothing() {
        assertThat(texts()).isEmpty();
    }

    @Test
    void linkMadeAgain_isTheOneCause_ofAllThatHungOnIt() {
        assertThat(
                        texts(
                                new Step.Create(HOST, BRIDGE, true),
                                new Step.Create(
                                        HOST,
                                        Address.of("kk0", IpPrefix.parse("10.1.0.1/24")),
                                        false),
                                new Step.Create(
                                        HOST,
                                        Address.of("kk0", IpPrefix.parse("fd00::1/64")),
                                        false),
                                new Step.Create(HOST, ROUTE, false)))
                .containsExactly("bridge kk0 deleted; made again, with 2 addresses, 1 route");
    }

    @Test
    void pairMadeAgain_isTheCauseForBothEnds() {
        Link near = Link.veth("a", LinkRef.container("b")).owner("me").build();
        Link far = Link.veth("b", LinkRef.host("a")).owner("me").build();
        assertThat(
                        texts(
                                new Step.CreatePair(HOST, near, NamespaceId.CONTAINER, far),
                                new Step.Create(
                                        NamespaceId.CONTAINER,
                                        Address.of("b", IpPrefix.parse("10.1.0.2/24")),
                                        false),
                                new Step.Configure(NamespaceId.CONTAINER, far)))
                .containsExactly("veth a deleted; made again, with 1 address");
    }

    @Test
    void linkMadeAnew_isNotCalledDeleted() {
        assertThat(texts(new Step.Remove(HOST, BRIDGE), new Step.Create(HOST, BRIDGE, true)))
                .containsExactly("bridge kk0 not as wanted; made anew");
    }

    @Test
    void unrelatedChanges_areToldEachOnItsOwn_withTheirNamespace() {
        Route before =
                Route.to(
                                IpPrefix.parse("10.2.0.0/24"),
                                NextHop.via(IpAddresses.parse("192.0.2.1"), "eth0"))
                        .build();
        Sysctl sysctl = Sysctl.owned("net/ipv4/ip_default_ttl", "65");
        Neighbour neighbour =
                Neighbour.permanent(
                        "eth1",
                        IpAddresses.parse("10.0.0.9"),
                        MacAddress.parse("02:00:00:00:00:01"));
        assertThat(
                        texts(
                                new Step.Change(HOST, ROUTE, before),
                                new Step.Change(HOST, sysctl, sysctl.withValue("64")),
                                new Step.Create(new NamespaceId("node-1"), neighbour, false)))
                .containsExactly(
                        "route 10.2.0.0/24 changed to: 10.2.0.0/24 via 192.0.2.1 dev eth0 proto 75;"
                                + " put right",
                        "sysctl net.ipv4.ip_default_ttl was 64; set to 65",
                        "neighbour 10.0.0.9 on eth1 deleted; made again (namespace node-1)");
    }
}
