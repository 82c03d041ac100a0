package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.NextHop;
import dev.kakehashi.linux.rtnetlink.OperState;
import dev.kakehashi.linux.rtnetlink.Route;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

class UnderlayChoiceTest {
    private static final List<IpPrefix> PODS = List.of(IpPrefix.parse("10.244.0.0/16"));
    private static final int UP = Link.IFF_UP | Link.IFF_RUNNING;

    private final List<Link> links =
            new ArrayList<>(
                    List.of(
                            link(1, "lo", UP | Link.IFF_LOOPBACK, ""),
                            link(2, "eth0", UP, ""),
                            link(3, "eth1", UP, ""),
                            link(4, "cni0", UP, ""),
                            link(5, "flannel.1", UP, "kakehashi:network/pods"),
                            link(6, "eth2", 0, "")));
    private final List<Address> addresses =
            new ArrayList<>(
                    List.of(
                            address(1, "127.0.0.1/8"),
                            address(2, "192.0.2.5/24"),
                            address(3, "198.51.100.5/24"),
                            address(3, "2001:db8::5/64"),
                            address(4, "10.244.1.1/24"),
                            address(5, "10.244.1.0/32"),
                            address(6, "203.0.113.5/24")));
    private final List<Route> routes = new ArrayList<>();

    private static Link link(int index, String name, int flags, String alias) {
        return new Link(
                index,
                name,
                Optional.empty(),
                flags,
                OperState.UP,
                0,
                OptionalInt.empty(),
                0,
                Optional.empty(),
                1500,
                1000,
                1,
                1,
                0,
                alias,
                0,
                0,
                Optional.empty(),
                Optional.empty());
    }

    private static Address address(int link, String prefix) {
        return Address.of(link, IpPrefix.parse(prefix));
    }

    private static Route defaultRoute(String destination, String gateway, int link, int priority) {
        Route route =
                Route.to(
                        IpPrefix.parse(destination),
                        NextHop.via(InetAddress.ofLiteral(gateway), link));
        return new Route(
                route.destination(),
                route.type(),
                route.nextHops(),
                route.table(),
                priority,
                route.scope(),
                route.protocol(),
                route.source(),
                route.mtu(),
                route.advMss(),
                route.flags());
    }

    private UnderlayChoice choice() {
        return new UnderlayChoice(links, addresses, routes, PODS);
    }

    @Test
    void defaultRoute_namesTheInterface() throws Exception {
        routes.add(defaultRoute("::/0", "2001:db8::1", 3, 1024));
        routes.add(defaultRoute("0.0.0.0/0", "198.51.100.1", 3, 200));
        routes.add(defaultRoute("0.0.0.0/0", "192.0.2.1", 2, 100));

        assertThat(choice().found())
                .isEqualTo(new Underlay("eth0", List.of(IpPrefix.parse("192.0.2.5/24")), 1500));
    }

    @Test
    void noDefaultRoute_theOnlyCandidateIsTaken() throws Exception {
        addresses.removeIf(address -> address.link() == 3);

        assertThat(choice().found().device()).isEqualTo("eth0");
    }

    @Test
    void noDefaultRouteAndSeveralCandidates_areNamed() {
        assertThatThrownBy(() -> choice().found())
                .isInstanceOf(NoUnderlayException.class)
                .hasMessage(
                        "there is no default route and several interfaces could be meant, eth0, eth1: name one by"
                                + " --underlay");
    }

    @Test
    void nothingUsable_isSaid() {
        links.removeIf(link -> link.index() == 2 || link.index() == 3);

        assertThatThrownBy(() -> choice().found())
                .hasMessage(
                        "no interface is up and has an address by which other nodes could be reached");
    }

    @ParameterizedTest
    @CsvSource({
        "eth1, eth1, 198.51.100.5/24",
        "2001:db8::5, eth1, 2001:db8::5/64",
        "198.51.100.0/24, eth1, 198.51.100.5/24",
        "192.0.2.5, eth0, 192.0.2.5/24",
    })
    void named_byInterfaceAddressOrPrefix(String wanted, String device, String first)
            throws Exception {
        Underlay underlay = choice().named(wanted);

        assertThat(underlay.device()).isEqualTo(device);
        assertThat(underlay.addresses().getFirst()).isEqualTo(IpPrefix.parse(first));
    }

    @ParameterizedTest
    @CsvSource({
        "eth9, 'there is no interface eth9; there are eth0, eth1'",
        "198.18.0.0/15, 'no interface has an address in 198.18.0.0/15; there are eth0, eth1'",
        "eth2, 'interface eth2 is down'",
        "cni0, 'interface cni0 has no global address outside of the pods'' network'",
        "lo, 'interface lo has no global address outside of the pods'' network'",
    })
    void namedWrongly_theReasonIsSaid(String wanted, String message) {
        addresses.removeIf(address -> address.link() == 1);

        assertThatThrownBy(() -> choice().named(wanted)).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        // The one of the default route, of those that fit; else the only one.
        "interface=^eth, eth0",
        "interface=eth1, eth1",
        "interface=^(eth1|eth2)$, eth1",
        "skip-interface=^eth1$, eth0",
        "skip-interface=eth0, eth1",
    })
    void byPattern(String wanted, String device) throws Exception {
        routes.add(defaultRoute("0.0.0.0/0", "192.0.2.1", 2, 100));

        assertThat(among(wanted).device()).isEqualTo(device);
    }

    @Test
    void byPattern_anotherDefaultRouteCounts() throws Exception {
        addresses.add(address(4, "203.0.113.77/24"));
        routes.add(defaultRoute("0.0.0.0/0", "192.0.2.1", 2, 100));
        routes.add(defaultRoute("0.0.0.0/0", "203.0.113.1", 4, 200));

        assertThat(among("interface=eth1|cni0").device()).isEqualTo("cni0");
    }

    @ParameterizedTest
    @CsvSource({
        "interface=^ens, 'no interface that is up and has an address is as interface=^ens says; there are eth0, eth1'",
        "interface=eth2, 'no interface that is up and has an address is as interface=eth2 says; there are eth0, eth1'",
        "skip-interface=eth, 'no interface that is up and has an address is as skip-interface=eth says; there are eth0, eth1'",
        "interface=eth, 'several interfaces are as interface=eth says, eth0, eth1, and no default route is by one of them'",
    })
    void noneFitsOrSeveral_theReasonIsSaid(String wanted, String message) {
        assertThatThrownBy(() -> among(wanted)).hasMessage(message);
    }

    private Underlay among(String text) throws NoUnderlayException {
        WantedUnderlay wanted = WantedUnderlay.parse(text);
        return switch (wanted) {
            case WantedUnderlay.Matching(Pattern pattern) ->
                    choice().among(link -> pattern.matcher(link.name()).find(), wanted);
            case WantedUnderlay.Skipping(Pattern pattern) ->
                    choice().among(link -> !pattern.matcher(link.name()).find(), wanted);
            default -> throw new IllegalArgumentException(text);
        };
    }

    @Test
    void tentativeAndDeprecatedAddresses_areNotUsed() throws Exception {
        Address usable = address(2, "192.0.2.5/24");
        addresses.set(1, flagged(usable, Address.IFA_F_DEPRECATED));
        addresses.add(flagged(address(2, "192.0.2.6/24"), Address.IFA_F_TENTATIVE));
        addresses.add(address(2, "192.0.2.7/24"));

        assertThat(choice().named("eth0").addresses())
                .containsExactly(IpPrefix.parse("192.0.2.7/24"));
    }

    private static Address flagged(Address a, int flags) {
        return new Address(
                a.link(),
                a.prefix(),
                a.peer(),
                a.broadcast(),
                a.scope(),
                flags,
                a.protocol(),
                a.label(),
                a.validLifetime(),
                a.preferredLifetime());
    }
}
