package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Ruleset;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.rtnetlink.Vxlan;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.PolicyRule;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What is ours is found by its marks, without knowing what was once wanted. */
@KernelTest
class BelongingsTest {
    private Site site;

    @BeforeEach
    void open() throws Exception {
        site = Site.create();
    }

    @AfterEach
    void close() {
        site.close();
    }

    private static DesiredState network(int number) {
        String device = "kk" + number;
        String owner = "network/" + number;
        MacAddress mac = MacAddress.of(0x020000000000L + number);
        return DesiredState.builder()
                .host(
                        Link.create(device, Vxlan.of(number, 8472).withoutLearning())
                                .owner(owner)
                                .parent(LinkRef.host(Scenery.UNDERLAY))
                                .up(true)
                                .build(),
                        Link.veth("a" + number, LinkRef.host("b" + number)).owner(owner).build(),
                        Link.veth("b" + number, LinkRef.host("a" + number)).owner(owner).build(),
                        Address.of(device, IpPrefix.parse("10." + number + ".0.0/32")),
                        Neighbour.permanent(device, IpAddresses.parse("10.9.0.0"), mac),
                        FdbEntry.vxlan(device, mac, IpAddresses.parse("192.0.2.9")),
                        Route.to(IpPrefix.parse("10.9." + number + ".0/24"), NextHop.dev(device))
                                .build())
                .build();
    }

    @Test
    void whatIsOfNoLivingOwner_goes_andTheRestStays() throws Exception {
        site.apply(network(1));
        site.apply(network(2));
        Engine engine = site.engine();
        DesiredState dead =
                engine.belongings(NamespaceId.HOST, belonging -> belonging.isFor("network/1"));
        assertThat(dead.in(NamespaceId.HOST))
                .extracting(resource -> resource.key().toString())
                .containsExactlyInAnyOrder(
                        "link kk1",
                        "link a1",
                        "link b1",
                        "address 10.1.0.0/32 on kk1",
                        "neighbour 10.9.0.0 on kk1",
                        "forwarding entry 02:00:00:00:00:01 on kk1",
                        "route 10.9.1.0/24");
        site.remove(dead);
        site.assertAsWanted(network(2));
        site.remove(network(2));
        site.assertAsFound();
    }

    @Test
    void whatIsNoLongerWanted_afterARestart_goes_andWhatIsWantedStays() throws Exception {
        site.apply(network(1));
        List<Resource> rest = new ArrayList<>(network(1).in(NamespaceId.HOST));
        rest.removeIf(r -> r instanceof FdbEntry || r instanceof Route || r instanceof Neighbour);
        DesiredState wanted = DesiredState.builder().host(rest.toArray(Resource[]::new)).build();
        Engine engine = site.engine();
        site.reconcile(wanted, engine.belongings(NamespaceId.HOST, b -> b.isFor("network/1")));
        assertThat(engine.belongings(NamespaceId.HOST, b -> true))
                .isEqualTo(engine.belongings(NamespaceId.HOST, b -> b.isFor("network/1")));
        assertThat(engine.belongings(NamespaceId.HOST, b -> true).size()).isEqualTo(rest.size());
        site.assertAsWanted(wanted);
    }

    @Test
    void whatHangsOnLinksOfOthers_hasNoOwner() throws Exception {
        DesiredState desired =
                DesiredState.builder()
                        .host(
                                Route.to(
                                                IpPrefix.parse("10.9.0.0/24"),
                                                NextHop.via(
                                                        IpAddresses.parse("192.0.2.9"),
                                                        Scenery.UNDERLAY))
                                        .build(),
                                PolicyRule.ipv4(1000, 100).build(),
                                new NftTable(
                                        Ruleset.of(Table.of(Family.INET, "kakehashi")).build()))
                        .build();
        site.apply(desired);
        assertThat(site.engine().belongings(NamespaceId.HOST, b -> b.owner().isEmpty()))
                .isEqualTo(desired);
    }

    @Test
    void generatedStates_areFoundWhole() throws Exception {
        RandomGenerator random = Seeds.random();
        for (int i = 0; i < 6; i++) {
            DesiredState desired = GeneratedState.of(GeneratedState.seeds(random));
            if (desired.byKey(NamespaceId.CONTAINER).containsKey(new Link.Key("got0"))) {
                continue; // a virtual link that was moved looks as if it had been made
            }
            site.apply(desired);
            for (NamespaceId namespace : desired.namespaces()) {
                site.remove(site.engine().belongings(namespace, b -> true));
                assertThat(site.engine().belongings(namespace, b -> true).isEmpty()).isTrue();
            }
            site.remove(desired); // switches, and what is in chains of others
            site.assertAsFound();
        }
    }
}
