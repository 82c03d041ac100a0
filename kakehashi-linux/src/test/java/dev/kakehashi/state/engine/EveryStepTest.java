package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.ChainType;
import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Hook;
import dev.kakehashi.linux.nft.NftSet;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.Ruleset;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Ifb;
import dev.kakehashi.linux.rtnetlink.QdiscKind;
import dev.kakehashi.linux.rtnetlink.Vxlan;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftElements;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.PolicyRule;
import dev.kakehashi.state.Qdisc;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;
import dev.kakehashi.state.WireguardInterface;
import dev.kakehashi.state.WireguardTunnel;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A small state with a resource of every kind, whose plan ends before each of its steps, one after
 * the other. {@link GeneratedInterruptionTest} takes some steps of many states.
 */
@KernelTest
@RequiresFeature({"tbf", "clsact", "u32-mirred", "ifb"})
class EveryStepTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:42");
    private static final NftSet ADDRESSES = NftSet.set("ours", DataType.IPV4_ADDR);

    private static Resource[] host() {
        return new Resource[] {
            Link.create("br0", Bridge.plain()).owner("br0").mac(MAC).up(true).build(),
            Link.share(Scenery.SHARED_BRIDGE, Bridge.plain()).up(true).build(),
            Link.veth("near0", new LinkRef(NamespaceId.CONTAINER, "far0"))
                    .owner("pod")
                    .master("br0")
                    .hairpin(true)
                    .up(true)
                    .build(),
            Link.create("vx0", Vxlan.of(1, 8472).withoutLearning())
                    .owner("vx0")
                    .parent(LinkRef.host(Scenery.UNDERLAY))
                    .up(true)
                    .build(),
            Link.create("ifb9", new Ifb()).owner("limit").up(true).build(),
            Address.of("br0", IpPrefix.parse("10.1.0.1/24")),
            Address.of("br0", IpPrefix.parse("fd00:1::1/64")).withoutDad(),
            Route.to(IpPrefix.parse("10.2.0.0/24"), onlink("10.2.0.9", "vx0")).build(),
            Route.to(
                            IpPrefix.parse("10.3.0.0/24"),
                            List.of(onlink("10.3.0.1", "vx0"), onlink("10.3.0.2", "br0")))
                    .table(100)
                    .build(),
            PolicyRule.ipv4(1000, 100).from(IpPrefix.parse("10.1.0.0/24")).build(),
            Neighbour.permanent("vx0", IpAddresses.parse("10.2.0.9"), MAC),
            Neighbour.proxy("br0", IpAddresses.parse("10.1.0.77")),
            FdbEntry.vxlan("vx0", MAC, IpAddresses.parse("192.0.2.11")),
            FdbEntry.bridge("near0", MacAddress.parse("02:00:00:00:00:43")),
            Qdisc.clsact("near0"),
            Qdisc.root("ifb9", new QdiscKind.Tbf(125_000, 16_384, 32_768)),
            Filter.redirect("near0", Filter.Direction.INGRESS, 1, "ifb9"),
            Sysctl.ipv4("near0", "rp_filter", "2"),
            Sysctl.owned("net/ipv4/ip_default_ttl", "63"),
            new NftTable(ruleset()),
            NftChain.shared(Scenery.SHARED_TABLE, Scenery.SHARED_CHAIN),
            NftRules.of(
                    Scenery.SHARED_TABLE.id(),
                    Scenery.SHARED_CHAIN.name(),
                    Rule.in(Family.INET)
                            .saddr(IpAddresses.parse("10.1.0.2"))
                            .accept()
                            .comment("pod")
                            .build())
        };
    }

    private static Resource[] container() {
        return new Resource[] {
            Link.veth("far0", LinkRef.host("near0")).owner("pod").up(true).build(),
            Link.move("got0", LinkRef.host(Scenery.TO_BE_MOVED)).owner("got0").up(true).build(),
            Address.of("far0", IpPrefix.parse("10.1.0.2/24")),
            Route.to(
                            IpPrefix.parse("0.0.0.0/0"),
                            NextHop.via(IpAddresses.parse("10.1.0.1"), "far0"))
                    .build()
        };
    }

    private static NextHop onlink(String gateway, String device) {
        return NextHop.onlink(IpAddresses.parse(gateway), device);
    }

    private static Ruleset ruleset() {
        Table table = Table.of(Family.INET, "kakehashi-every-step");
        Rule masquerade =
                Rule.in(Family.INET).saddr(IpPrefix.parse("10.1.0.0/24")).masquerade().build();
        return Ruleset.of(table)
                .chain(Chain.base("post", ChainType.NAT, Hook.POSTROUTING, 100), masquerade)
                .build();
    }

    /** Of a set that is everybody's and stays: it is there before. */
    private static NftElements elements(String... addresses) {
        return NftElements.of(
                Scenery.SHARED_TABLE,
                ADDRESSES,
                "pod",
                Arrays.stream(addresses).map(a -> Element.of(IpAddresses.parse(a))).toList());
    }

    private static DesiredState state() {
        return DesiredState.builder()
                .add(NamespaceId.HOST, host())
                .add(NamespaceId.HOST, elements("10.1.0.2", "10.1.0.3"))
                .add(NamespaceId.CONTAINER, container())
                .build();
    }

    private static Site site() throws Exception {
        return Site.create("nft add set inet shared ours { type ipv4_addr; }");
    }

    @Test
    void state_hasEveryKindOfResource() {
        Set<Class<?>> there = new HashSet<>();
        there.add(NftElements.class);
        for (Resource resource : host()) {
            there.add(resource.getClass());
        }
        // Tunnels of WireGuard have a test of their own, where the kernel has it.
        there.addAll(List.of(WireguardInterface.class, WireguardTunnel.class));
        List<Class<?>> all = new ArrayList<>(List.of(Resource.class.getPermittedSubclasses()));
        assertThat(there).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void failureAtEachStep_isUndone() throws Exception {
        DesiredState desired = state();
        try (Site site = site()) {
            int steps = site.engine().plan(desired).steps().size();
            assertThat(steps).isGreaterThan(20);
            for (int at = 0; at < steps; at++) {
                int step = at;
                assertThatThrownBy(() -> site.interrupted(step, true).reconcile(desired))
                        .as("failure before step %d", at)
                        .isInstanceOf(Site.Interruption.class)
                        .hasNoSuppressedExceptions();
                site.assertAsFound();
            }
        }
    }

    @Test
    void endOfTheProcessAtEachStep_thenApplyAgain_converges() throws Exception {
        DesiredState desired = state();
        try (Site site = site()) {
            int steps = site.engine().plan(desired).steps().size();
            for (int at = 0; at < steps; at++) {
                int step = at;
                assertThatThrownBy(() -> site.interrupted(step, false).reconcile(desired))
                        .as("end before step %d", at)
                        .isInstanceOf(Site.Crash.class);
                site.apply(desired);
                site.assertAsWanted(desired);
                site.remove(desired);
                site.assertAsFound();
            }
        }
    }

    @Test
    void endOfTheProcessAtEachStepOfARemoval_thenRemoveAgain_leavesNothing() throws Exception {
        DesiredState desired = state();
        try (Site site = site()) {
            site.apply(desired);
            int steps = site.engine().plan(DesiredState.EMPTY, desired).steps().size();
            for (int at = 0; at < steps; at++) {
                int step = at;
                site.apply(desired);
                assertThatThrownBy(() ->
                                site.interrupted(step, false)
                                        .reconcile(DesiredState.EMPTY, desired))
                        .as("end before step %d of the removal", at)
                        .isInstanceOf(Site.Crash.class);
                site.remove(desired);
                site.assertAsFound();
            }
        }
    }
}
