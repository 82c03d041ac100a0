package dev.kakehashi.cluster.flannel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.store.KeySpace;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

class FlannelLeasesTest {
    private static final String SUBNETS = "/coreos.com/network/subnets/";
    private static final IpPrefix FIRST = IpPrefix.parse("10.244.1.0/24");

    private final MemoryKeys keys = new MemoryKeys();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private FlannelLeases leases(String more) throws StoreException {
        keys.put(
                "/coreos.com/network/config",
                "{\"Network\":\"10.244.0.0/16\"" + more + ",\"Backend\":{\"Type\":\"host-gw\"}}",
                KeySpace.ABSENT,
                Duration.ZERO);
        return new FlannelLeases(keys, () -> now, new SplittableRandom(1), () -> {});
    }

    private static FlannelLease of(String address, IpPrefix... subnets) {
        return new FlannelLease(
                List.of(subnets),
                Optional.of(IpAddresses.parse(address)),
                Optional.empty(),
                "host-gw",
                Optional.empty(),
                Optional.empty());
    }

    private void there(String address, String subnet, Duration lifetime) throws StoreException {
        keys.put(SUBNETS + subnet, of(address).value(), KeySpace.ABSENT, lifetime);
    }

    @Test
    void newNode_takesAFreeSubnet_offThoseOfOthers() throws Exception {
        FlannelLeases leases = leases(",\"SubnetMin\":\"10.244.1.0\",\"SubnetMax\":\"10.244.3.0\"");
        there("192.0.2.7", "10.244.1.0-24", FlannelLeases.LIFETIME);

        IpPrefix third = IpPrefix.parse("10.244.3.0/24");

        List<IpPrefix> taken = leases.claim(of("192.0.2.1"), List.of(), List.of(third));

        assertThat(taken).containsExactly(IpPrefix.parse("10.244.2.0/24"));
        assertThat(keys.find(SUBNETS + "10.244.2.0-24"))
                .hasValueSatisfying(entry -> {
                    assertThat(entry.expires()).isTrue();
                    assertThat(entry.value()).contains("192.0.2.1");
                });
        assertThatThrownBy(() -> leases.claim(of("192.0.2.2"), List.of(), List.of(third)))
                .hasMessageContaining("no free subnet")
                .isInstanceOf(StoreException.class);
    }

    @Test
    void leaseOfItsAddress_isTakenUp_aReservationStaysOne() throws Exception {
        FlannelLeases leases = leases("");
        there("192.0.2.1", "10.244.9.0-24", Duration.ZERO);

        assertThat(leases.claim(of("192.0.2.1"), List.of(), List.of()))
                .containsExactly(IpPrefix.parse("10.244.9.0/24"));

        assertThat(keys.find(SUBNETS + "10.244.9.0-24").orElseThrow().expires()).isFalse();
        assertThat(leases.leases()).hasSize(1);
    }

    @Test
    void leaseOfAnotherLength_isReplaced() throws Exception {
        FlannelLeases leases = leases(",\"SubnetLen\":26");
        there("192.0.2.1", "10.244.9.0-24", FlannelLeases.LIFETIME);

        List<IpPrefix> taken = leases.claim(of("192.0.2.1"), List.of(), List.of());

        assertThat(taken).singleElement().satisfies(s -> assertThat(s.length()).isEqualTo(26));
        assertThat(keys.list(SUBNETS)).hasSize(1);
    }

    @Test
    void subnetThatTheNodeHolds_isLeased_unlessItIsAnothers() throws Exception {
        FlannelLeases leases = leases("");
        there("192.0.2.1", "10.244.9.0-24", FlannelLeases.LIFETIME);

        assertThat(leases.claim(of("192.0.2.1"), List.of(FIRST), List.of())).containsExactly(FIRST);
        assertThat(keys.find(SUBNETS + "10.244.9.0-24")).as("the former one").isEmpty();
        assertThatThrownBy(() -> leases.claim(of("192.0.2.2"), List.of(FIRST), List.of()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("leased by another node")
                .hasMessageContaining("192.0.2.1");
    }

    @Test
    void lease_isRenewedBeforeItEnds_andWrittenAgainWhenItIsGone() throws Exception {
        FlannelLeases leases = leases("");
        leases.keep(of("192.0.2.1", FIRST));
        int writes = keys.writes();

        now = now.plus(Duration.ofHours(22));
        leases.keep(of("192.0.2.1", FIRST));
        assertThat(keys.writes()).isEqualTo(writes);
        now = now.plus(Duration.ofHours(1));
        leases.keep(of("192.0.2.1", FIRST));
        assertThat(keys.writes()).isEqualTo(writes + 1);

        String key = SUBNETS + "10.244.1.0-24";
        keys.remove(key, keys.find(key).orElseThrow().revision());
        leases.keep(of("192.0.2.1", FIRST));
        assertThat(keys.find(key)).isPresent();
    }

    @Test
    void garbageAmongLeases_isSetAside() throws Exception {
        FlannelLeases leases = leases("");
        there("192.0.2.7", "10.244.7.0-24", FlannelLeases.LIFETIME);
        keys.put(SUBNETS + "nonsense", "{}", KeySpace.ABSENT, Duration.ZERO);
        keys.put(SUBNETS + "10.244.8.0-24", "{", KeySpace.ABSENT, Duration.ZERO);

        assertThat(leases.leases()).extracting(FlannelLease::key).containsExactly("10.244.7.0-24");
    }

    @Test
    void noConfiguration_isSaid() {
        FlannelLeases leases =
                new FlannelLeases(keys, () -> now, new SplittableRandom(1), () -> {});

        assertThatThrownBy(leases::config)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("/coreos.com/network/config");
    }
}
