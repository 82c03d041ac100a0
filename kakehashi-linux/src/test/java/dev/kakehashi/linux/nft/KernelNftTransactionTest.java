package dev.kakehashi.linux.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.expr.Counter;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.FutureTask;

@KernelTest
class KernelNftTransactionTest {
    private static final TableId T = new TableId(Family.INET, "kakehashi");
    private static final Table TABLE = Table.of(Family.INET, "kakehashi");
    private static final NftSet PORTS = NftSet.set("ports", DataType.INET_SERVICE);

    private static Rule rule(String comment) {
        return Rule.in(Family.INET).counter().accept().comment(comment).build();
    }

    private static List<String> comments(Nft nft, String chain) throws NftException {
        return nft.table(T).orElseThrow().chain(chain).orElseThrow().rules().stream()
                .map(r -> r.rule().comment())
                .toList();
    }

    private static long handle(Nft nft, String comment) throws NftException {
        return nft.rules(T).orElseThrow().chain("c").orElseThrow().rules().stream()
                .filter(r -> r.rule().comment().equals(comment))
                .findFirst()
                .orElseThrow()
                .handle();
    }

    @Test
    void rules_areAddedInsertedPlacedReplacedAndDeletedByHandle(TestNamespaces namespaces)
            throws Exception {
        Nft nft = KernelNft.of(namespaces.create());
        Chain chain = Chain.regular("c");
        nft.apply(
                NftTransaction.builder()
                        .addTable(TABLE)
                        .addChain(T, chain)
                        .addRule(T, "c", rule("b"))
                        .addRule(T, "c", rule("e"))
                        .insertRule(T, "c", rule("a"))
                        .build());
        nft.apply(
                NftTransaction.builder()
                        .addRuleAfter(T, "c", handle(nft, "b"), rule("c"))
                        .insertRuleBefore(T, "c", handle(nft, "e"), rule("d"))
                        .build());
        assertThat(comments(nft, "c")).containsExactly("a", "b", "c", "d", "e");
        nft.apply(
                NftTransaction.builder()
                        .replaceRule(T, "c", handle(nft, "c"), rule("C"))
                        .deleteRule(T, "c", handle(nft, "a"))
                        .build());
        assertThat(comments(nft, "c")).containsExactly("b", "C", "d", "e");
        assertThat(nft.rules(T).orElseThrow().chain("c").orElseThrow().rules())
                .allSatisfy(r -> assertThat(r.counts()).containsExactly(new Counter.Count(0, 0)));
        nft.apply(NftTransaction.builder().flushChain(T, "c").build());
        assertThat(comments(nft, "c")).isEmpty();
    }

    @Test
    void failure_inTheMiddle_namesTheCommandAndChangesNothing(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        Nft nft = KernelNft.of(netns);
        nft.apply(NftTransaction.builder().addTable(TABLE).build());
        NftTransaction transaction =
                NftTransaction.builder()
                        .addChain(T, Chain.regular("c"))
                        .addRule(T, "nowhere", rule("x"))
                        .addSet(T, PORTS)
                        .deleteChain(T, "neither")
                        .build();
        NftException e = catchThrowableOfType(NftException.class, () -> nft.apply(transaction));
        assertThat(e.isNotFound()).isTrue();
        assertThat(e)
                .hasMessage(
                        "nft add rule inet kakehashi nowhere counter accept comment \"x\": "
                                + Errno.text(Errno.ENOENT.number())
                                + " (because of its chain)");
        assertThat(e.getSuppressed()).hasSize(1);
        assertThat(e.getSuppressed()[0])
                .hasMessageContaining("delete chain inet kakehashi neither");
        assertThat(nft.table(T).orElseThrow().ruleset()).isEqualTo(Ruleset.of(TABLE).build());
    }

    @Test
    void chain_thatIsReferredTo_isBusyUntilTheRuleGoes(TestNamespaces namespaces) throws Exception {
        Nft nft = KernelNft.of(namespaces.create());
        Rule jump = Rule.in(Family.INET).jump("c").build();
        nft.apply(
                NftTransaction.builder()
                        .addTable(TABLE)
                        .addChain(T, Chain.regular("c"))
                        .addChain(T, Chain.regular("d"))
                        .addRule(T, "d", jump)
                        .build());
        NftTransaction delete = NftTransaction.builder().deleteChain(T, "c").build();
        assertThatThrownBy(() -> nft.apply(delete))
                .isInstanceOfSatisfying(NftException.class, e -> assertThat(e.isBusy()).isTrue());
        nft.apply(NftTransaction.builder().flushChain(T, "d").deleteChain(T, "c").build());
        assertThat(nft.rules(T).orElseThrow().chain("c")).isEmpty();
    }

    @Test
    void generation_afterSomebodyElseChangedRules_isRefused(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        Nft nft = KernelNft.of(netns);
        nft.apply(NftTransaction.builder().addTable(TABLE).build());
        int before = nft.rules(T).orElseThrow().generation();
        TestNamespaces.run(netns, "nft", "add", "table", "ip", "foreign");
        NftTransaction stale =
                NftTransaction.builder()
                        .ifGeneration(before)
                        .addChain(T, Chain.regular("c"))
                        .build();
        assertThatThrownBy(() -> nft.apply(stale))
                .isInstanceOfSatisfying(NftException.class, e -> assertThat(e.isStale()).isTrue());
        int now = nft.rules(T).orElseThrow().generation();
        nft.apply(
                NftTransaction.builder().ifGeneration(now).addChain(T, Chain.regular("c")).build());
        assertThat(nft.rules(T).orElseThrow().chain("c")).isPresent();
    }

    @Test
    void destroy_whatIsNotThere_succeeds(TestNamespaces namespaces) throws Exception {
        Nft nft = KernelNft.of(namespaces.create());
        nft.apply(NftTransaction.builder().destroyTable(T).build());
        nft.apply(
                NftTransaction.builder()
                        .addTable(TABLE)
                        .destroyChain(T, "c")
                        .destroySet(T, PORTS)
                        .addSet(T, PORTS)
                        .destroyElements(T, PORTS, List.of(Element.of(Value.be16(1))))
                        .build());
        assertThat(nft.tables()).containsExactly(T);
        assertThatThrownBy(() -> nft.apply(NftTransaction.builder().deleteChain(T, "c").build()))
                .isInstanceOf(NftException.class);
    }

    /** What a kernel before 6.3 gets has the same effect. */
    @Test
    void destroy_withoutItsMessages_isMadeOfAddAndDelete(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        NftTransaction transaction =
                NftTransaction.builder()
                        .destroyTable(T)
                        .addTable(TABLE)
                        .destroyChain(T, "c")
                        .destroySet(T, PORTS)
                        .addSet(T, PORTS)
                        .destroyElements(T, PORTS, List.of(Element.of(Value.be16(1))))
                        .build();
        Nft nft = KernelNft.of(netns);
        for (int round = 0; round < 2; round++) {
            try (var socket =
                    dev.kakehashi.linux.netlink.NetlinkSocket.open(
                            netns, dev.kakehashi.linux.netlink.NetlinkProtocol.NETFILTER)) {
                List<NftMessage> batch = CommandCodec.batch(transaction, false);
                assertThat(batch).noneMatch(m -> (m.type() & 0xff) >= NftMessage.DESTROYTABLE);
                socket.transact(batch).orThrow();
            }
            assertThat(nft.table(T).orElseThrow().ruleset())
                    .isEqualTo(Ruleset.of(TABLE).set(PORTS).build());
            nft.apply(
                    NftTransaction.builder()
                            .addChain(T, Chain.regular("c"))
                            .addElements(T, PORTS, List.of(Element.of(Value.be16(1))))
                            .build());
        }
    }

    @Test
    void foreignTables_areNeverTouched(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        TestNamespaces.run(netns, "nft", "add", "table", "ip", "foreign");
        TestNamespaces.run(
                netns, "nft", "add", "set", "ip", "foreign", "s", "{", "type", "mark", ";", "}");
        String before = TestNamespaces.run(netns, "nft", "list", "ruleset");
        Nft nft = KernelNft.of(netns);
        Ruleset ruleset = Ruleset.of(TABLE).set(PORTS).chain(Chain.regular("c")).build();
        nft.apply(NftTransaction.replace(ruleset));
        nft.apply(NftTransaction.replace(ruleset));
        nft.apply(NftTransaction.builder().deleteTable(T).build());
        assertThat(TestNamespaces.run(netns, "nft", "list", "ruleset")).isEqualTo(before);
    }

    /** Own messages change one element without reading the set: the time does not grow with it. */
    @Test
    void elements_inLargeSets_areAddedInTheSameTime(TestNamespaces namespaces) throws Exception {
        try (KernelNft nft = KernelNft.open(namespaces.create())) {
            NftSet small = NftSet.set("small", DataType.IPV4_ADDR);
            NftSet large = NftSet.set("large", DataType.IPV4_ADDR);
            List<Element> elements = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                elements.add(Element.of(Value.be32(0x0a000000 + i)));
            }
            nft.apply(
                    NftTransaction.replace(
                            Ruleset.of(TABLE).set(small).set(large, elements).build()));
            assertThat(nft.set(T, "large").orElseThrow().elements()).hasSize(10_000);
            long few = medianNanos(nft, small);
            long many = medianNanos(nft, large);
            System.out.println("one element more: " + few + " ns of 0, " + many + " ns of 10000");
            // libnftables takes a hundred times as long in the large set.
            assertThat(many).isLessThan(10 * few);
            assertThat(nft.set(T, "large").orElseThrow().elements()).hasSize(10_100);
        }
    }

    private static long medianNanos(Nft nft, NftSet set) throws NftException {
        long[] times = new long[100];
        for (int i = 0; i < times.length; i++) {
            Element element = Element.of(Value.be32(0x0b000000 + i));
            long start = System.nanoTime();
            nft.apply(NftTransaction.builder().addElements(T, set, List.of(element)).build());
            times[i] = System.nanoTime() - start;
        }
        Arrays.sort(times);
        return times[times.length / 2];
    }

    @Test
    void listing_whileOthersChangeRules_isOfOneGeneration(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        Ruleset one = Ruleset.of(TABLE).chain(Chain.regular("a"), rule("1"), rule("1")).build();
        Ruleset two = Ruleset.of(TABLE).chain(Chain.regular("b"), rule("2"), rule("2")).build();
        try (KernelNft writer = KernelNft.open(netns);
                KernelNft reader = KernelNft.open(netns)) {
            writer.apply(NftTransaction.replace(one));
            Thread thread =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    for (int i = 0; i < 100; i++) {
                                        writer.apply(
                                                NftTransaction.replace(i % 2 == 0 ? two : one));
                                        Thread.sleep(1);
                                    }
                                } catch (NftException | InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                            });
            while (thread.isAlive()) {
                assertThat(reader.table(T).orElseThrow().ruleset()).isIn(one, two);
            }
            thread.join();
        }
    }

    /** So long that others read while it is prepared, and while it takes effect. */
    private static NftTransaction.Builder longer(NftTransaction.Builder transaction) {
        List<Rule> rules = Collections.nCopies(3000, rule("of another table"));
        Ruleset large =
                Ruleset.of(Table.of(Family.INET, "another"))
                        .chain(Chain.regular("c"), rules)
                        .build();
        return transaction.destroyTable(large.id()).add(large);
    }

    /** What is asked while transactions are made. */
    private interface Looking {
        void look(Nft nft) throws NftException;
    }

    private static void lookWhile(Netns netns, List<NftTransaction> inTurn, Looking looking)
            throws Exception {
        try (KernelNft writer = KernelNft.open(netns);
                KernelNft reader = KernelNft.open(netns)) {
            FutureTask<Void> writing =
                    new FutureTask<>(() -> {
                        for (int i = 0; i < 40; i++) {
                            for (NftTransaction transaction : inTurn) {
                                writer.apply(transaction);
                            }
                            Thread.sleep(1);
                        }
                        return null;
                    });
            Thread thread = Thread.ofPlatform().start(writing);
            try {
                while (!writing.isDone()) {
                    looking.look(reader);
                }
            } finally {
                thread.join();
            }
            writing.get();
        }
    }

    @Test
    void chain_ofATableThatIsReplaced_neverLacksItsRules(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        Ruleset two = Ruleset.of(TABLE).chain(Chain.regular("c"), rule("1"), rule("2")).build();
        KernelNft.of(netns).apply(NftTransaction.replace(two));
        NftTransaction replace = longer(NftTransaction.builder()).destroyTable(T).add(two).build();
        lookWhile(
                netns,
                List.of(replace),
                nft -> {
                    var chain = nft.rules(T, "c").orElseThrow().chain("c").orElseThrow();
                    assertThat(chain.rules()).hasSize(2);
                    assertThat(nft.table(T).orElseThrow().ruleset()).isEqualTo(two);
                });
    }

    @Test
    void chains_whileOthersPrepareSome_areToldOnce(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        Table before = Table.of(Family.INET, "before");
        KernelNft.of(netns)
                .apply(
                        NftTransaction.builder()
                                .addTable(before)
                                .addTable(TABLE)
                                .addChain(T, Chain.regular("c"))
                                .build());
        Chain coming = Chain.regular("coming");
        NftTransaction come =
                longer(NftTransaction.builder().addChain(before.id(), coming)).build();
        NftTransaction go =
                NftTransaction.builder()
                        .deleteChain(before.id(), "coming")
                        .deleteTable(new TableId(Family.INET, "another"))
                        .build();
        lookWhile(
                netns,
                List.of(come, go),
                nft -> {
                    assertThat(nft.chains(T)).containsExactly(Chain.regular("c"));
                    assertThat(nft.rules(T).orElseThrow().chains()).hasSize(1);
                });
    }
}
