package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.linux.nft.expr.Verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Transactions over few names, so that most of them meet something that is there or is missing. */
final class RandomTransactions {
    private static final List<TableId> TABLES =
            List.of(new TableId(Family.INET, "a"), new TableId(Family.IP, "b"));
    private static final List<String> CHAINS = List.of("c0", "c1", "c2", "c3");
    private static final List<NftSet> SETS =
            List.of(
                    NftSet.set("plain", DataType.INET_SERVICE),
                    NftSet.set("small", DataType.INET_SERVICE).size(3),
                    NftSet.set("ranges", DataType.INET_SERVICE).flags(SetFlag.INTERVAL),
                    NftSet.set("pairs", DataType.INET_SERVICE, DataType.INET_SERVICE)
                            .flags(SetFlag.INTERVAL),
                    NftSet.map("marks", List.of(DataType.INET_SERVICE), DataType.MARK),
                    NftSet.verdictMap("verdicts", DataType.INET_SERVICE));

    private final RandomGenerator random;
    private boolean wide;
    private boolean rulesAreGone;

    RandomTransactions(RandomGenerator random) {
        this.random = random;
    }

    /** A command that names a rule by its place; the two sides have different handles for it. */
    interface Step {
        Command command(InstalledTableView rules);
    }

    /**
     * Finds the handle of the rule at a place of a chain; one that no rule has for a place behind
     * the last.
     */
    interface InstalledTableView {
        long handle(TableId table, String chain, int index);
    }

    List<Step> next() {
        List<Step> steps = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        wide = random.nextBoolean();
        rulesAreGone = false;
        for (int i = 0; i < count; i++) {
            steps.add(step());
        }
        return steps;
    }

    private Step step() {
        TableId table = pick(TABLES);
        NftSet set = pick(SETS);
        boolean coin = random.nextInt(4) == 0;
        String chain = pick(CHAINS);
        Command command =
                switch (random.nextInt(20)) {
                    case 0 -> new Command.AddTable(new Table(table, "", java.util.Set.of()), coin);
                    case 1 ->
                            random.nextInt(12) == 0
                                    ? new Command.DeleteTable(table, coin)
                                    : new Command.FlushTable(table);
                    case 2, 3, 4 -> new Command.AddChain(table, chain(chain), coin);
                    case 5 -> new Command.DeleteChain(table, chain, coin);
                    case 6 -> new Command.FlushChain(table, chain);
                    case 7, 8 -> new Command.AddSet(table, set, coin);
                    case 9 -> new Command.DeleteSet(table, set, coin);
                    case 10 -> new Command.FlushSet(table, set);
                    case 11, 12, 13 -> new Command.AddElements(table, set, elements(set), coin);
                    case 14 -> new Command.DeleteElements(table, set, elements(set), coin);
                    case 15, 16 ->
                            new Command.AddRule(table, chain, rule(table), Command.Place.LAST, 0);
                    case 17 ->
                            new Command.AddRule(table, chain, rule(table), Command.Place.FIRST, 0);
                    default -> null;
                };
        if (command != null) {
            rulesAreGone |=
                    command instanceof Command.FlushTable || command instanceof Command.FlushChain;
            return _ -> command;
        }
        if (rulesAreGone) {
            // Until the transaction is committed the kernel still finds the place of a rule that
            // it has deleted (__nft_rule_lookup()).
            return step();
        }
        int index = random.nextInt(3);
        if (random.nextInt(3) == 0) {
            rulesAreGone = true;
            return rules -> new Command.DeleteRule(table, chain, rules.handle(table, chain, index));
        }
        Command.Place place =
                pick(List.of(Command.Place.AFTER, Command.Place.BEFORE, Command.Place.REPLACE));
        Rule rule = rule(table);
        return rules ->
                new Command.AddRule(table, chain, rule, place, rules.handle(table, chain, index));
    }

    private <T> T pick(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private Chain chain(String name) {
        return name.equals("c0") && random.nextBoolean()
                ? Chain.base(
                        name,
                        BaseHook.of(ChainType.FILTER, Hook.FORWARD, random.nextInt(10) == 0 ? 1 : 0)
                                .policy(random.nextBoolean() ? Policy.ACCEPT : Policy.DROP))
                : Chain.regular(name);
    }

    private Rule rule(TableId table) {
        RuleBuilder rule = Rule.in(table.family()).comment("r" + random.nextInt(100));
        return (switch (random.nextInt(5)) {
                    case 0 -> rule.counter().jump(pick(CHAINS));
                    case 1 -> rule.match(Selector.TCP_DPORT, Match.in("plain")).accept();
                    case 2 -> rule.match(Selector.TCP_DPORT, Match.notIn("ranges")).accept();
                    case 3 -> rule.vmap(SETS.getLast(), Selector.TCP_DPORT);
                    default -> rule.drop();
                })
                .build();
    }

    private List<Element> elements(NftSet set) {
        List<Element> elements = new ArrayList<>();
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            Element element = set.key().size() == 1 ? single(set) : pair();
            if (set.isVerdictMap()) {
                Verdict verdict =
                        random.nextBoolean() ? Verdict.goTo(pick(CHAINS)) : Verdict.ACCEPT;
                element = element.to(verdict);
            } else if (set.isMap()) {
                element = element.to(Value.host32(random.nextInt(2)));
            }
            elements.add(element);
        }
        return elements;
    }

    /**
     * Intervals meet those of other transactions only, and no two begin at the same place: what the
     * kernel makes of the rest depends on the shape of its tree (nft_set_rbtree.c, which keeps the
     * two ends of an interval as elements of their own).
     */
    private Element single(NftSet set) {
        int place = random.nextInt(8) * 10;
        if (set.isInterval() && wide) {
            int first = place - place % 20 + 5;
            return Element.range(Value.be16(first), Value.be16(first + 14));
        }
        return Element.range(Value.be16(place), Value.be16(place));
    }

    /** Of concatenations the kernel checks ends only; ranges around others would be ambiguous. */
    private Element pair() {
        int first = random.nextInt(8) * 10;
        boolean range = random.nextBoolean();
        return Element.range(
                Value.concat(Value.be16(first), Value.be16(5)),
                Value.concat(Value.be16(range ? first + 5 : first), Value.be16(range ? 9 : 5)));
    }
}
