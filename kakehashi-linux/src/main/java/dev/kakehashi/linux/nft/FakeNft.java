package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.nft.expr.Value;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * nftables in memory, for tests of what makes rules: the same results and the same errors as the
 * kernel gives, and a text of all that is there. It checks what refers to what (tables, chains,
 * sets, elements, jumps); it does not check whether an expression may stand in a chain, and time
 * does not pass for elements with a timeout.
 */
public final class FakeNft implements Nft {
    private Map<TableId, FakeTable> tables = new TreeMap<>();
    private int generation = 1;

    /** Without tables. */
    public FakeNft() {}

    @Override
    public synchronized void apply(NftTransaction transaction) throws NftException {
        if (transaction.isEmpty()) {
            return;
        }
        if (transaction.generation().isPresent()
                && transaction.generation().getAsInt() != generation) {
            throw new NftException(
                    Errno.ERESTART.number(), "transaction on " + transaction.tables(), "");
        }
        Map<TableId, FakeTable> next = new TreeMap<>();
        tables.forEach((id, table) -> next.put(id, table.copy()));
        for (Command command : transaction.commands()) {
            apply(next, command);
        }
        for (FakeTable table : next.values()) {
            table.checkDepth(transaction.commands().getLast());
        }
        tables = next;
        generation++;
    }

    private static void apply(Map<TableId, FakeTable> tables, Command command) throws NftException {
        TableId id = command.table();
        Optional<FakeTable> table = Optional.ofNullable(tables.get(id));
        switch (command) {
            case Command.AddTable c -> {
                if (table.isEmpty()) {
                    tables.put(id, new FakeTable(c.definition()));
                } else if (c.exclusive()) {
                    throw new NftException(Errno.EEXIST.number(), c.text(), "");
                }
            }
            case Command.DeleteTable c -> {
                if (tables.remove(id) == null && !c.lenient()) {
                    throw new NftException(Errno.ENOENT.number(), c.text(), "");
                }
            }
            default -> {
                if (table.isPresent()) {
                    table.get().apply(command);
                } else {
                    throw new NftException(Errno.ENOENT.number(), command.text(), "");
                }
            }
        }
    }

    @Override
    public synchronized List<TableId> tables() {
        return List.copyOf(tables.keySet());
    }

    @Override
    public synchronized Optional<InstalledTable> table(TableId table) {
        return Optional.ofNullable(tables.get(table)).map(t -> t.installed(generation, true));
    }

    @Override
    public synchronized Optional<InstalledTable> rules(TableId table) {
        return Optional.ofNullable(tables.get(table)).map(t -> t.installed(generation, false));
    }

    @Override
    public synchronized Optional<InstalledTable> rules(TableId table, String chain) {
        return rules(table)
                .map(all ->
                        new InstalledTable(
                                all.table(),
                                List.of(),
                                all.chain(chain).stream().toList(),
                                all.generation()));
    }

    @Override
    public synchronized List<Chain> chains(TableId table) {
        return rules(table)
                .map(t -> t.chains().stream().map(InstalledChain::chain).toList())
                .orElse(List.of());
    }

    @Override
    public synchronized Map<TableId, List<Chain>> chains(Set<Family> families) {
        Map<TableId, List<Chain>> all = new TreeMap<>();
        for (TableId id : tables.keySet()) {
            if (families.contains(id.family()) && !chains(id).isEmpty()) {
                all.put(id, chains(id));
            }
        }
        return all;
    }

    @Override
    public synchronized Optional<SetContents> set(TableId table, String set) {
        return table(table)
                .flatMap(
                        t -> t.sets().stream().filter(s -> s.set().name().equals(set)).findFirst());
    }

    @Override
    public synchronized Optional<SetContents> set(
            TableId table, String set, Collection<Value> keys) {
        return set(table, set)
                .map(all ->
                        all.set().isInterval()
                                ? all
                                : new SetContents(
                                        all.set(),
                                        all.elements().stream()
                                                .filter(element -> keys.contains(element.key()))
                                                .toList()));
    }

    @Override
    public synchronized int generation() {
        return generation;
    }

    /** All tables as {@code nft list ruleset} prints them, sets and chains by name. */
    public synchronized String dump() {
        List<String> texts = new ArrayList<>();
        for (TableId id : tables.keySet()) {
            table(id).ifPresent(t -> texts.add(t.ruleset().text()));
        }
        return String.join("", texts);
    }
}
