package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.ChainType;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Hook;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Ifb;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.PolicyRule;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

/**
 * Owned, shared and foreign, beside a {@link Scenery} of others: owned things are healed and
 * removed, shared ones joined and left, foreign ones never touched.
 */
@KernelTest
class RelationsTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:77");
    private static final MacAddress GUEST = MacAddress.parse("02:00:00:00:00:99");

    private Site site;

    @BeforeEach
    void open() throws Exception {
        site = Site.create();
    }

    @AfterEach
    void close() {
        site.close();
    }

    private static DesiredState host(Resource... resources) {
        return DesiredState.builder().host(resources).build();
    }

    private static NextHop underlay(String gateway) {
        return NextHop.via(IpAddresses.parse(gateway), Scenery.UNDERLAY);
    }

    /** What others have, otherwise. */
    static List<Resource> inTheWay() {
        return List.of(
                Link.create("alien0", Bridge.plain()).owner("me").build(),
                Link.create("alien0", new Ifb()).owner("me").build(),
                Link.share("alien0", Bridge.plain()).build(),
                Link.create("shared0", Bridge.plain()).owner("me").build(),
                Route.to(IpPrefix.parse("203.0.113.0/24"), underlay("192.0.2.8")).build(),
                Route.to(IpPrefix.parse("203.0.114.0/24"), underlay("192.0.2.8")).metric(5).build(),
                Route.to(IpPrefix.parse("2001:db8:1::/48"), underlay("2001:db8::8")).build(),
                Address.of(Scenery.UNDERLAY, IpPrefix.parse("192.0.2.1/24"))
                        .withPeer(IpAddresses.parse("192.0.2.5")),
                Neighbour.permanent(Scenery.UNDERLAY, IpAddresses.parse("192.0.2.9"), MAC),
                NftChain.shared(
                        Scenery.SHARED_TABLE,
                        Chain.base("guests", ChainType.FILTER, Hook.FORWARD, 0)));
    }

    @ParameterizedTest
    @MethodSource("inTheWay")
    void somethingOfOthersInTheWay_isAConflict_andNothingIsTouched(Resource wanted)
            throws Exception {
        DesiredState desired = host(Sysctl.owned("net/ipv4/ip_default_ttl", "77"), wanted);
        assertThatThrownBy(() -> site.engine().apply(desired))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining(wanted.key().toString());
        site.assertAsFound();
        site.remove(desired);
        site.assertAsFound();
    }

    /** What others have exactly as it is wanted. */
    static List<Resource> asWanted() {
        return List.of(
                Route.to(IpPrefix.parse("203.0.113.0/24"), underlay("192.0.2.9")).build(),
                Route.to(IpPrefix.parse("203.0.114.0/24"), underlay("192.0.2.9")).metric(5).build(),
                Neighbour.permanent(
                        Scenery.UNDERLAY,
                        IpAddresses.parse("192.0.2.9"),
                        MacAddress.parse("02:00:00:00:00:09")),
                Neighbour.proxy(Scenery.UNDERLAY, IpAddresses.parse("192.0.2.77")),
                PolicyRule.ipv4(500, 100).from(IpPrefix.parse("198.51.100.0/24")).build(),
                FdbEntry.bridge("guest0", GUEST),
                Sysctl.owned("net/ipv4/ip_default_ttl", "64"));
    }

    @ParameterizedTest
    @MethodSource("asWanted")
    void somethingOfOthersAsWanted_satisfies_andStays(Resource wanted) throws Exception {
        site.assertNothingToDo(host(wanted));
        site.remove(host(wanted));
        site.assertAsFound();
    }

    @Test
    @RequiresFeature("address-protocol")
    void addressOfOthersAsWanted_satisfies_andStays() throws Exception {
        somethingOfOthersAsWanted_satisfies_andStays(
                Address.of(Scenery.UNDERLAY, IpPrefix.parse("192.0.2.1/24")).withoutBroadcast());
    }

    @Test
    void oursBesideThatOfOthers_goesAlone() throws Exception {
        DesiredState desired =
                host(
                        Address.of(Scenery.UNDERLAY, IpPrefix.parse("192.0.2.66/24")),
                        Address.of(Scenery.SHARED_BRIDGE, IpPrefix.parse("198.51.100.2/24")),
                        Route.to(IpPrefix.parse("203.0.113.0/24"), underlay("192.0.2.9"))
                                .metric(9)
                                .build(),
                        Route.to(IpPrefix.parse("203.0.113.0/24"), underlay("192.0.2.9"))
                                .table(100)
                                .build(),
                        PolicyRule.ipv4(501, 100).from(IpPrefix.parse("198.51.100.0/24")).build(),
                        FdbEntry.bridge("guest0", MAC),
                        NftChain.shared(Scenery.SHARED_TABLE, Scenery.SHARED_CHAIN),
                        NftRules.of(
                                Scenery.SHARED_TABLE.id(),
                                Scenery.SHARED_CHAIN.name(),
                                Rule.in(Family.INET).iifname("x").accept().comment("me").build()));
        site.apply(desired);
        site.assertAsWanted(desired);
        site.remove(desired);
        site.assertAsFound();
    }

    @Test
    void shared_isMadeOrJoined_andNeverDeleted() throws Exception {
        DesiredState desired =
                host(
                        Link.share("cni0", Bridge.plain()).up(true).build(),
                        Address.of("cni0", IpPrefix.parse("10.1.0.1/24")).shared(),
                        Route.to(IpPrefix.parse("10.9.0.0/16"), underlay("192.0.2.9"))
                                .shared()
                                .build(),
                        Sysctl.shared("net/ipv4/ip_forward", "1"),
                        NftChain.shared(Scenery.SHARED_TABLE, Chain.regular("more")));
        site.apply(desired);
        site.assertNothingToDo(desired);
        String made = Snapshot.of(site.host());
        site.remove(desired);
        Same.assertSame(Snapshot.of(site.host()), made);
        assertThat(made).contains("cni0", "10.1.0.1/24", "10.9.0.0/16", "chain more");
    }

    @Test
    void sharedLinkMadeOtherwise_isJoinedAsItIs_andThatIsRemarked() throws Exception {
        DesiredState desired =
                host(
                        Link.share(
                                        Scenery.SHARED_BRIDGE,
                                        Bridge.plain().withMulticastSnooping(true))
                                .mtu(1400)
                                .up(true)
                                .build());
        Applied applied = site.engine().apply(desired);
        assertThat(applied.steps()).isEmpty();
        assertThat(applied.remarks())
                .singleElement()
                .asString()
                .contains("link shared0", "mcast_snooping 0", "wanted mcast_snooping 1");
        site.assertAsFound();
    }

    @Test
    void sysctlThatSomebodyChangedSince_isLeftToThem() throws Exception {
        DesiredState desired = host(Sysctl.owned("net/ipv4/ip_default_ttl", "77"));
        site.apply(desired);
        var _ = Snapshot.run(site.host(), "sysctl -q -w net.ipv4.ip_default_ttl=99");
        Applied applied = site.engine().remove(desired);
        assertThat(applied.steps()).isEmpty();
        assertThat(applied.remarks()).singleElement().asString().contains("99");
    }

    @Test
    void sysctlGivenBack_isForgotten() throws Exception {
        DesiredState desired = host(Sysctl.owned("net/ipv4/ip_default_ttl", "77"));
        site.apply(desired);
        site.remove(desired);
        var _ = Snapshot.run(site.host(), "sysctl -q -w net.ipv4.ip_default_ttl=60");
        site.apply(desired);
        site.remove(desired);
        assertThat(Snapshot.run(site.host(), "sysctl -n net.ipv4.ip_default_ttl"))
                .isEqualTo("60\n");
    }
}
