package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

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
                        List.of(IpPrefix.parse("10.0.0.64/26")),
                        true);
        return ledger.withPools(List.of(rules))
                .withNamespaces(
                        Map.of(
                                "shop",
                                new NamespaceRules(Map.of("team", "a"), ""),
                                "bank",
                                new NamespaceRules(Map.of(), "p,\"q")))
                .with(
                        HeldBlock.own(IpPrefix.parse("10.0.1.0/24"), "p", Long.MAX_VALUE)
                                .withCursor(7)
                                .asLeaving())
                .with(
                        HeldBlock.own(IpPrefix.parse("10.0.0.0/24"), "p", Long.MAX_VALUE)
                                .withGivenUp(List.of(IpAddresses.parse("10.0.0.9"))))
                .with(
                        HeldBlock.borrowed(
                                IpAddresses.parse("10.0.2.7"),
                                IpPrefix.parse("10.0.2.0/24"),
                                "p",
                                Long.MAX_VALUE));
    }

    private static AddressRequest request(String container) {
        return new AddressRequest(
                container,
                "eth0",
                Map.of("pod", "shop/cart"),
                "shop",
                List.of(),
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

    /** As it is after it was read: times in whole seconds. */
    private static Ledger kept(Ledger ledger) throws Exception {
        return LedgerCodec.decode(LedgerCodec.encode(ledger, 1)).ledger();
    }

    private List<Path> filesOfChanges() throws IOException {
        try (Stream<Path> files = Files.list(state.resolve("ipam/pods"))) {
            return files.filter(file -> file.toString().endsWith(".changes")).toList();
        }
    }

    private Path changes() throws IOException {
        assertThat(filesOfChanges()).hasSize(1);
        return filesOfChanges().getFirst();
    }

    @Test
    void aChangeIsALine_andOneThatWasNotFinishedCountsForNothing() throws Exception {
        open("b").change(LedgerFileTest::filled);
        Ledger one = AddressDesk.of(open("b"), "n", CLOCK).give(request("one"));
        assertThat(Files.readString(changes()).lines()).hasSize(1);

        String line = Files.readString(changes()).replace("one", "two");
        Files.writeString(
                changes(), line.substring(0, line.length() - 1), StandardOpenOption.APPEND);
        LedgerFile other = open("b");
        assertThat(other.read()).isEqualTo(kept(one));

        Ledger three = AddressDesk.of(other, "n", CLOCK).give(request("three"));
        assertThat(open("b").read()).isEqualTo(kept(three));
        assertThat(three.given()).hasSize(2);
        assertThat(Files.readString(changes())).doesNotContain("two");
    }

    @Test
    void namespacesThatComeChangeAndGo_areLinesToo() throws Exception {
        open("b").change(LedgerFileTest::filled);
        Map<String, NamespaceRules> later =
                Map.of(
                        "shop",
                        new NamespaceRules(Map.of("team", "b"), "p"),
                        "new",
                        new NamespaceRules(Map.of(), ""));
        open("b").change(ledger -> ledger.withNamespaces(later));

        assertThat(Files.readAllLines(changes())).hasSize(1);
        assertThat(open("b").read().namespaces()).isEqualTo(later);
    }

    @Test
    void aDamagedLine_isNotPassedOver() throws Exception {
        open("b").change(LedgerFileTest::filled);
        AddressDesk.of(open("b"), "n", CLOCK).give(request("one"));
        AddressDesk.of(open("b"), "n", CLOCK).give(request("two"));
        Files.writeString(changes(), Files.readString(changes()).replaceFirst("\\{", "["));

        assertThatThrownBy(() -> open("b").read())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is damaged");
    }

    @Test
    void whateverHappens_everyProcessReadsTheSame_andLinesDoNotPileUp() throws Exception {
        RandomGenerator random = Seeds.random();
        List<LedgerFile> processes = List.of(open("b"), open("b"), open("b"));
        for (String more : List.of("10.0.2.0/24", "10.0.3.0/24")) { // addresses rest after use
            HeldBlock block = HeldBlock.own(IpPrefix.parse(more), "p", Long.MAX_VALUE);
            processes.getFirst().change(ledger -> filled(ledger).with(block));
        }
        Ledger expected = processes.getFirst().read();
        long longest = 0;
        for (int i = 0; i < 600; i++) {
            LedgerFile process =
                    random.nextInt(20) == 0 ? open("b") : processes.get(random.nextInt(3));
            AddressDesk desk = AddressDesk.of(process, "n", CLOCK);
            if (random.nextInt(3) > 0 && expected.given().size() < 100) {
                expected = desk.give(request("c" + i));
            } else {
                desk.takeBack("c" + random.nextInt(i + 1), "eth0");
                expected = process.read();
            }
            assertThat(kept(processes.get(random.nextInt(3)).read())).isEqualTo(kept(expected));
            assertThat(filesOfChanges()).hasSizeLessThanOrEqualTo(1);
            for (Path changes : filesOfChanges()) {
                longest = Math.max(longest, Files.size(changes));
            }
        }
        assertThat(open("b").read()).isEqualTo(kept(expected));
        assertThat(longest).isBetween(64L * 1024, 66L * 1024);
    }

    @Test
    void aLedgerThatWasRemoved_beginsWithoutTheLinesOfTheOldOne() throws Exception {
        open("b").change(LedgerFileTest::filled);
        AddressDesk.of(open("b"), "n", CLOCK).give(request("old"));
        Files.delete(Path.of(open("b").toString()));

        open("b").change(LedgerFileTest::filled);
        assertThat(open("b").read().given()).isEmpty();
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
