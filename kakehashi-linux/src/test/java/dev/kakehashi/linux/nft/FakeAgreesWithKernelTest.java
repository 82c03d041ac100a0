package dev.kakehashi.linux.nft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.Seeds;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

@KernelTest
class FakeAgreesWithKernelTest {
    private static final int TRANSACTIONS = 1500;

    @Test
    void randomTransactions_haveTheSameResultAndLeaveTheSame(TestNamespaces namespaces)
            throws Exception {
        RandomGenerator random = Seeds.random();
        RandomTransactions transactions = new RandomTransactions(random);
        FakeNft fake = new FakeNft();
        Map<String, Integer> results = new HashMap<>();
        List<String> log = new ArrayList<>();
        try (KernelNft kernel = KernelNft.open(namespaces.create())) {
            for (int i = 0; i < TRANSACTIONS; i++) {
                List<RandomTransactions.Step> steps = transactions.next();
                String before = fake.dump();
                String left = result(kernel, steps, log);
                String right = result(fake, steps, log);
                results.merge(left, 1, Integer::sum);
                String history = "before:\n" + before + "the transaction:\n" + log.getLast();
                assertThat(right).as("result of transaction %d:\n%s", i, history).isEqualTo(left);
                assertThat(fake.dump())
                        .as("after transaction %d:\n%s", i, history)
                        .isEqualTo(dump(kernel));
                if (i % 10 == 0) {
                    partsAreOfTheWhole(kernel);
                    partsAreOfTheWhole(fake);
                }
            }
        }
        System.out.println(results);
        assertThat(results.get("ok")).isGreaterThan(TRANSACTIONS / 10);
        assertThat(results).containsKeys("ENOENT", "EEXIST", "EBUSY");
    }

    private static String result(Nft nft, List<RandomTransactions.Step> steps, List<String> log)
            throws NftException {
        NftTransaction.Builder builder = NftTransaction.builder();
        Map<TableId, InstalledTable> tables = new HashMap<>();
        for (TableId id : nft.tables()) {
            nft.rules(id).ifPresent(t -> tables.put(id, t));
        }
        for (RandomTransactions.Step step : steps) {
            builder.command(
                    step.command((table, chain, index) -> handle(tables, table, chain, index)));
        }
        NftTransaction transaction = builder.build();
        log.add(transaction.text());
        try {
            nft.apply(transaction);
            return "ok";
        } catch (NftException e) {
            return dev.kakehashi.linux.Errno.of(e.errno()).map(Enum::name).orElse("" + e.errno());
        }
    }

    private static long handle(
            Map<TableId, InstalledTable> tables, TableId table, String chain, int index) {
        long missing = 1_000_000;
        if (!tables.containsKey(table) || tables.get(table).chain(chain).isEmpty()) {
            return missing;
        }
        List<InstalledRule> rules = tables.get(table).chain(chain).get().rules();
        return index < rules.size() ? rules.get(index).handle() : missing;
    }

    private static String dump(Nft nft) throws NftException {
        StringBuilder text = new StringBuilder();
        for (TableId id : nft.tables()) {
            text.append(nft.table(id).orElseThrow().ruleset().text());
        }
        return text.toString();
    }

    /** What is read in part is as in the whole. */
    private static void partsAreOfTheWhole(Nft nft) throws NftException {
        Map<TableId, List<Chain>> chains = nft.chains(EnumSet.allOf(Family.class));
        for (TableId id : nft.tables()) {
            assertThat(chains.getOrDefault(id, List.of())).isEqualTo(nft.chains(id));
            InstalledTable whole = nft.table(id).orElseThrow();
            for (InstalledChain chain : whole.chains()) {
                InstalledTable part = nft.rules(id, chain.chain().name()).orElseThrow();
                assertThat(part.chains()).containsExactly(chain);
                assertThat(part.generation()).isEqualTo(nft.generation());
            }
            assertThat(nft.rules(id, "nowhere").orElseThrow().chains()).isEmpty();
            for (SetContents set : whole.sets()) {
                List<Element> wanted = set.elements().stream().skip(1).toList();
                List<Value> keys = wanted.stream().map(Element::key).toList();
                List<Element> found = nft.set(id, set.set().name(), keys).orElseThrow().elements();
                assertThat(found).isEqualTo(set.set().isInterval() ? set.elements() : wanted);
            }
        }
        TableId nowhere = new TableId(Family.INET, "nowhere");
        assertThat(nft.rules(nowhere, "nowhere")).isEmpty();
        assertThat(nft.set(nowhere, "nowhere", List.of())).isEmpty();
        assertThat(chains).doesNotContainKey(nowhere);
    }
}
