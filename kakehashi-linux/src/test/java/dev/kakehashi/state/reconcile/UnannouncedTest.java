package dev.kakehashi.state.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.Sysctl;

import org.junit.jupiter.api.Test;

import java.util.Set;

class UnannouncedTest {
    private static final Sysctl SWITCH = Sysctl.owned("net/ipv4/ip_default_ttl", "65");
    private static final Neighbour PROXY = Neighbour.proxy("eth1", IpAddresses.parse("192.0.2.77"));
    private static final DesiredState STATE =
            DesiredState.builder()
                    .host(
                            Address.of("eth1", IpPrefix.parse("192.0.2.1/24")),
                            Neighbour.permanent(
                                    "eth1",
                                    IpAddresses.parse("192.0.2.7"),
                                    MacAddress.parse("02:00:00:00:00:07")),
                            PROXY,
                            SWITCH)
                    .build();

    @Test
    void whereSomebodyListens_onlyWhatTheKernelDoesNotTell() {
        assertThat(Unannounced.of(STATE, Set.of(NamespaceId.HOST)).in(NamespaceId.HOST))
                .containsExactly(PROXY, SWITCH);
    }

    @Test
    void whereNobodyListens_all() {
        assertThat(Unannounced.of(STATE, Set.of())).isEqualTo(STATE);
    }
}
