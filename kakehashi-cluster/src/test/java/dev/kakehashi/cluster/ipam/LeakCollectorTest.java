package dev.kakehashi.cluster.ipam;

import static dev.kakehashi.cluster.ipam.SmallPools.block;
import static dev.kakehashi.cluster.ipam.SmallPools.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class LeakCollectorTest {
    private static final long GRACE = 300_000;

    @TempDir Path state;

    private final List<String> log = new ArrayList<>();
    private long now = 1_000_000;

    @BeforeEach
    void twoPodsHaveAddresses() throws Exception {
        disk().change(ledger ->
                ledger.withPools(List.of(pool("four", "10.0.0.0/24"), pool("six", "fd00::/64")))
                        .with(block("four", IpPrefix.parse("10.0.0.8/29")))
                        .with(block("six", IpPrefix.parse("fd00::8/125"))));
        give("alive", Map.of());
        give("dead", Map.of("pod", "shop/cart", "netns", "/run/netns/gone"));
    }

    private LedgerDisk disk() {
        return LedgerFile.of(state, "pods", "boot");
    }

    private void give(String container, Map<String, String> attributes) throws Exception {
        AddressRequest request =
                new AddressRequest(
                        container, "eth0", attributes, "", List.of(), List.of(), List.of());
        Instant date = Instant.parse("2026-01-31T12:00:00Z");
        Ledger given = Allocator.give(disk().read(), "n", request, now, date);
        disk().change(_ -> given);
    }

    private void collect() throws Exception {
        new LeakCollector(disk(), () -> Instant.ofEpochMilli(now), GRACE, log::add)
                .run(one -> one.handle().containerId().equals("alive"));
    }

    @Test
    void whatLeaked_isTakenBackAndNamedWithTheReason_onceItIsOld() throws Exception {
        now += GRACE - 1;
        collect();
        assertThat(log).isEmpty();
        assertThat(disk().read().of("dead", "eth0")).hasSize(2);

        now++;
        collect();
        collect();
        assertThat(log)
                .containsExactly(
                        "took back 10.0.0.11 and fd00::b of dead/eth0/2, pod shop/cart: given at"
                                + " 2026-01-31T12:00:00Z, and the kernel has no link of that"
                                + " attachment and no namespace /run/netns/gone");
        assertThat(disk().read().of("dead", "eth0")).isEmpty();
        assertThat(disk().read().of("alive", "eth0")).hasSize(2);
    }
}
