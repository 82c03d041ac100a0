package dev.kakehashi.plugins.bridge;

import static dev.kakehashi.linux.rtnetlink.BridgeVlan.access;
import static dev.kakehashi.linux.rtnetlink.BridgeVlan.tagged;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.rtnetlink.BridgeVlan;

import org.junit.jupiter.api.Test;

import java.util.List;

class PortVlansTest {

    private static final BridgeVlan DEFAULT = new BridgeVlan(1, 1, false, true);

    private static List<BridgeVlan> of(int vlan, List<Integer> trunk, boolean preserve) {
        return PortVlans.of(vlan, trunk, preserve).orElseThrow();
    }

    @Test
    void withoutVlans_thePortStaysAsItIs() {
        assertThat(PortVlans.of(0, List.of(), false)).isEmpty();
        assertThat(PortVlans.of(0, List.of(), true)).isEmpty();
    }

    @Test
    void access_leavesTheDefaultVlanUnlessPreserved() {
        assertThat(of(100, List.of(), false)).containsExactly(access(100));
        assertThat(of(100, List.of(), true)).containsExactly(access(100), DEFAULT);
        assertThat(of(1, List.of(), true)).containsExactly(access(1));
    }

    @Test
    void trunk_hasVlanOneUntaggedUnlessThereIsAnAccessVlan() {
        assertThat(of(0, List.of(101, 200, 201, 202), false))
                .containsExactly(access(1), tagged(101, 101), tagged(200, 202));
        assertThat(of(100, List.of(99, 100, 101), false))
                .containsExactly(access(100), tagged(99, 99), tagged(101, 101));
        assertThat(of(100, List.of(1, 2), true)).containsExactly(access(100), tagged(1, 2));
        assertThat(of(0, List.of(1, 2), false)).containsExactly(access(1), tagged(2, 2));
    }
}
