package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

class LedgerFileTest {
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir Path state;

    private LedgerFile open(String boot) {
        return LedgerFile.of(state, "pods", boot);
    }

    private static Ledger filled(Ledger ledger) {
        PoolRules rules =
                new PoolRules(
                        "p",
                        IpPrefix.parse("10.0.0.0/16"),
                        24,
                        false,
                        new LabelSelector(
                                Map.of("team", "a"),
                                List.of(
                                        new LabelSelector.Expression(
                                                "x", LabelSelector.Operator.NOT_IN, List.of("y")))),
                        List.of(IpPrefix.parse("10.0.0.64/26")));
        return ledger.withPools(List.of(rules))
                .with(new HeldBlock(IpPrefix.parse("10.0.1.0/24"), "p", Long.MAX_VALUE, 7, true))
                .with(new HeldBlock(IpPrefix.parse("10.0.0.0/24"), "p", Long.MAX_VALUE, 0, false));
    }

    private static AddressRequest request(String container) {
        return new AddressRequest(
                container,
                "eth0",
                Map.of("pod", "shop/cart"),
                Map.of("team", "a"),
                List.of(),
                List.of());
    }

    @Test
    void whatOneProcessWrote_anotherReads() throws Exception {
        open("b").change(LedgerFileTest::filled);
        Ledger written = AddressDesk.of(open("b"), "n", CLOCK).give(request("c"));
        AddressDesk.of(open("b"), "n", CLOCK).takeBack("other", "eth0");

        Ledger read = open("b").read();
        assertThat(read.blocks()).isEqualTo(written.blocks());
        assertThat(read.pools()).isEqualTo(written.pools());
        assertThat(read.of("c", "eth0")).hasSize(1);
        assertThat(read.of("c", "eth0").getFirst().allocation().attributes())
                .containsEntry("pod", "shop/cart");
        AddressDesk.of(open("b"), "n", CLOCK).takeBack("c", "eth0");
        assertThat(open("b").read().cooling()).hasSize(1);
        assertThat(open("b").read().given()).isEmpty();
    }

    @Test
    void anotherBoot_knowsNothing() throws Exception {
        open("b").change(LedgerFileTest::filled);

        assertThat(open("b2").read()).isEqualTo(Ledger.of("b2"));
    }

    @Test
    void aChangeThatFails_changesNothing() throws Exception {
        open("b").change(LedgerFileTest::filled);
        Ledger before = open("b").read();

        assertThatThrownBy(() ->
                        open("b")
                                .change(ledger -> {
                                    throw new IOException("no");
                                }))
                .hasMessage("no");
        assertThat(open("b").read()).isEqualTo(before);
    }

    @Test
    void aDamagedFile_isNotTakenForAnEmptyOne() throws Exception {
        LedgerFile ledger = open("b");
        ledger.change(LedgerFileTest::filled);
        Path file = Path.of(ledger.toString());
        String text = Files.readString(file);

        for (String damaged : List.of("", text.substring(0, text.length() / 2), "[]", "{}")) {
            Files.writeString(file, damaged);
            assertThatThrownBy(() -> open("b").read())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is damaged");
        }
    }

    @Test
    void manyAtOnce_noneGetsWhatAnotherHas() throws Exception {
        open("b").change(LedgerFileTest::filled);
        Set<InetAddress> given = new HashSet<>();
        try (var threads = Executors.newFixedThreadPool(4)) {
            List<Callable<Ledger>> calls =
                    java.util.stream.IntStream.range(0, 100)
                            .<Callable<Ledger>>mapToObj(i ->
                                    () ->
                                            AddressDesk.of(open("b"), "n", CLOCK)
                                                    .give(request("c" + i)))
                            .toList();
            for (var done : threads.invokeAll(calls)) {
                assertThat(done.get().given()).isNotEmpty();
            }
        }
        Ledger ledger = open("b").read();
        for (int i = 0; i < 100; i++) {
            given.add(ledger.of("c" + i, "eth0").getFirst().allocation().address());
        }
        assertThat(given).hasSize(100);
    }
}
