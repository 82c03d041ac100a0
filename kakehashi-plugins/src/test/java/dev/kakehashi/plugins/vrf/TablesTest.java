package dev.kakehashi.plugins.vrf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.linux.rtnetlink.OperState;
import dev.kakehashi.linux.rtnetlink.Vrf;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

class TablesTest {

    private static Link link(String name, LinkKind kind) {
        return new Link(
                5,
                name,
                Optional.of(kind),
                Link.IFF_UP,
                OperState.UP,
                0,
                OptionalInt.empty(),
                0,
                Optional.empty(),
                1500,
                0,
                1,
                1,
                0,
                "",
                0,
                0,
                Optional.empty(),
                Optional.empty());
    }

    private static VrfConfig config(int table) {
        return new VrfConfig("blue", table == 0 ? OptionalInt.empty() : OptionalInt.of(table));
    }

    @Test
    void choose_takesTheLowestThatNoVrfHas() throws Exception {
        List<Link> links = new ArrayList<>();
        assertThat(Tables.choose(config(0), links)).isEqualTo(1);
        links.add(link("a", new Vrf(1)));
        links.add(link("b", new Vrf(3)));
        assertThat(Tables.choose(config(0), links)).isEqualTo(2);
        links.add(link("c", new Vrf(2)));
        assertThat(Tables.choose(config(0), links)).isEqualTo(4);
    }

    @Test
    void choose_sparesTheKernelsOwn() throws Exception {
        List<Link> links = new ArrayList<>();
        for (int table = 1; table < 253; table++) {
            links.add(link("v" + table, new Vrf(table)));
        }
        assertThat(Tables.choose(config(0), links)).isEqualTo(256);
    }

    @Test
    void choose_keepsThatOfTheVrf() throws Exception {
        List<Link> links = List.of(link("blue", new Vrf(999)));
        assertThat(Tables.choose(config(0), links)).isEqualTo(999);
        assertThat(Tables.choose(config(999), links)).isEqualTo(999);
        assertThatThrownBy(() -> Tables.choose(config(998), links))
                .hasMessage("VRF blue already exist with different routing table 999");
    }

    @Test
    void choose_aNameOfSomethingElse_isRefused() {
        List<Link> links = List.of(link("blue", Bridge.plain()));
        assertThatThrownBy(() -> Tables.choose(config(0), links))
                .hasMessage("Netlink blue is not a VRF");
    }
}
