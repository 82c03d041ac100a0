package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.nft.expr.Counter;
import dev.kakehashi.linux.nft.expr.Dynset;
import dev.kakehashi.linux.nft.expr.Expression;
import dev.kakehashi.linux.nft.expr.Immediate;
import dev.kakehashi.linux.nft.expr.Lookup;
import dev.kakehashi.linux.nft.expr.Verdict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A table of {@link FakeNft} with the kernel's checks (net/netfilter/nf_tables_api.c). */
final class FakeTable {
    /** NFT_JUMP_STACK_SIZE: how deep chains may lead into each other. */
    private static final int JUMP_STACK_SIZE = 16;

    private final Table table;
    private final Map<String, FakeChain> chains = new LinkedHashMap<>();
    private final Map<String, FakeSet> sets = new LinkedHashMap<>();
    private long lastHandle;

    /** A chain and its rules. */
    private record FakeChain(Chain chain, List<InstalledRule> rules) {
        FakeChain copy() {
            return new FakeChain(chain, new ArrayList<>(rules));
        }
    }

    FakeTable(Table table) {
        this.table = table;
    }

    FakeTable copy() {
        FakeTable copy = new FakeTable(table);
        chains.forEach((name, chain) -> copy.chains.put(name, chain.copy()));
        sets.forEach((name, set) -> copy.sets.put(name, set.copy()));
        copy.lastHandle = lastHandle;
        return copy;
    }

    InstalledTable installed(int generation, boolean withSets) {
        List<SetContents> contents = new ArrayList<>();
        if (withSets) {
            sets.values().forEach(set -> contents.add(set.contents()));
        }
        List<InstalledChain> installed = new ArrayList<>();
        chains.values().forEach(c -> installed.add(new InstalledChain(c.chain(), c.rules())));
        return new InstalledTable(table, contents, installed, generation);
    }

    void apply(Command command) throws NftException {
        switch (command) {
            case Command.AddChain c -> addChain(c);
            case Command.AddSet c -> addSet(c);
            case Command.AddRule c -> addRule(c);
            case Command.AddElements c -> {
                FakeSet set = set(c, c.set().name());
                for (Element element : c.elements()) {
                    if (element.data().orElse(Verdict.ACCEPT) instanceof Verdict verdict) {
                        checkTarget(c, verdict);
                    }
                    set.add(c, element, c.exclusive());
                }
            }
            case Command.DeleteElements c ->
                    set(c, c.set().name()).delete(c, c.elements(), c.lenient());
            case Command.DeleteRule c -> {
                List<InstalledRule> rules = chain(c, c.chain()).rules();
                int index = index(c, rules, c.handle());
                rules.remove(index);
            }
            case Command.DeleteChain c -> deleteChain(c);
            case Command.DeleteSet c -> deleteSet(c);
            case Command.FlushTable _ -> chains.values().forEach(chain -> chain.rules().clear());
            case Command.FlushChain c -> chain(c, c.chain()).rules().clear();
            case Command.FlushSet c -> set(c, c.set().name()).clear();
            case Command.AddTable _, Command.DeleteTable _ -> throw new AssertionError(command);
        }
    }

    static NftException error(Errno errno, Command command) {
        return new NftException(errno.number(), command.text(), "");
    }

    private FakeChain chain(Command command, String name) throws NftException {
        FakeChain chain = chains.get(name);
        if (chain == null) {
            throw error(Errno.ENOENT, command);
        }
        return chain;
    }

    private FakeSet set(Command command, String name) throws NftException {
        FakeSet set = sets.get(name);
        if (set == null) {
            throw error(Errno.ENOENT, command);
        }
        return set;
    }

    private static int index(Command command, List<InstalledRule> rules, long handle)
            throws NftException {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).handle() == handle) {
                return i;
            }
        }
        throw error(Errno.ENOENT, command);
    }

    private void addChain(Command.AddChain c) throws NftException {
        String name = c.chain().name();
        FakeChain there = chains.get(name);
        if (there == null) {
            chains.put(name, new FakeChain(c.chain(), new ArrayList<>()));
            return;
        }
        Optional<BaseHook> wanted = c.chain().base();
        Optional<BaseHook> found = there.chain().base();
        if (wanted.isPresent() && found.isEmpty()) {
            throw error(Errno.EOPNOTSUPP, c);
        }
        if (c.exclusive()) {
            throw error(Errno.EEXIST, c);
        }
        if (wanted.isPresent() && found.isPresent()) {
            if (found.get().hook() != wanted.get().hook()
                    || found.get().priority() != wanted.get().priority()) {
                throw error(Errno.EOPNOTSUPP, c);
            }
            if (!found.get().policy(wanted.get().policy()).equals(wanted.get())) {
                throw error(Errno.EEXIST, c);
            }
            Chain changed = new Chain(name, wanted, there.chain().comment());
            chains.put(name, new FakeChain(changed, there.rules()));
        }
    }

    private void addSet(Command.AddSet c) throws NftException {
        FakeSet there = sets.get(c.set().name());
        if (there == null) {
            sets.put(c.set().name(), new FakeSet(c.set()));
        } else if (c.exclusive() || !there.isSame(c.set())) {
            throw error(Errno.EEXIST, c);
        }
    }

    private void addRule(Command.AddRule c) throws NftException {
        List<InstalledRule> rules = chain(c, c.chain()).rules();
        int at =
                switch (c.place()) {
                    case LAST -> rules.size();
                    case FIRST -> 0;
                    case AFTER -> index(c, rules, c.handle()) + 1;
                    case BEFORE, REPLACE -> index(c, rules, c.handle());
                };
        List<Counter.Count> counts = new ArrayList<>();
        for (Expression expression : c.rule().expressions()) {
            switch (expression) {
                case Lookup e -> {
                    FakeSet _ = set(c, e.set());
                }
                case Dynset e -> {
                    FakeSet _ = set(c, e.set());
                }
                case Immediate e when e.data() instanceof Verdict verdict ->
                        checkTarget(c, verdict);
                case Counter _ -> counts.add(new Counter.Count(0, 0));
                default -> {}
            }
        }
        if (c.place() == Command.Place.REPLACE) {
            rules.set(at, new InstalledRule(c.handle(), c.rule(), counts));
        } else {
            rules.add(at, new InstalledRule(++lastHandle, c.rule(), counts));
        }
    }

    private void checkTarget(Command command, Verdict verdict) throws NftException {
        if (!verdict.chain().isEmpty()
                && chain(command, verdict.chain()).chain().base().isPresent()) {
            throw error(Errno.EOPNOTSUPP, command);
        }
    }

    /**
     * Refuses chains that lead too deep, or into each other without end. The kernel looks at whole
     * tables, behind all other checks of a transaction (nf_tables_validate()).
     */
    void checkDepth(Command command) throws NftException {
        for (FakeChain chain : chains.values()) {
            if (chain.chain().base().isPresent()) {
                checkDepth(command, chain, 0);
            }
        }
    }

    private void checkDepth(Command command, FakeChain from, int depth) throws NftException {
        if (depth == JUMP_STACK_SIZE) {
            throw error(Errno.EMLINK, command);
        }
        for (String target : targets(from)) {
            FakeChain to = chains.get(target);
            if (to != null) {
                checkDepth(command, to, depth + 1);
            }
        }
    }

    private List<String> targets(FakeChain chain) {
        List<String> targets = new ArrayList<>();
        for (InstalledRule rule : chain.rules()) {
            for (Expression expression : rule.rule().expressions()) {
                if (expression instanceof Immediate e && e.data() instanceof Verdict verdict) {
                    targets.add(verdict.chain());
                } else if (expression instanceof Lookup e && sets.containsKey(e.set())) {
                    targets.addAll(sets.get(e.set()).targets());
                }
            }
        }
        return targets;
    }

    private void deleteChain(Command.DeleteChain c) throws NftException {
        if (c.lenient() && !chains.containsKey(c.chain())) {
            return;
        }
        FakeChain _ = chain(c, c.chain());
        for (FakeSet set : sets.values()) {
            if (set.targets().contains(c.chain())) {
                throw error(Errno.EBUSY, c);
            }
        }
        for (FakeChain other : chains.values()) {
            if (refers(other, c.chain())) {
                throw error(Errno.EBUSY, c);
            }
        }
        chains.remove(c.chain());
    }

    private static boolean refers(FakeChain from, String chain) {
        for (InstalledRule rule : from.rules()) {
            for (Expression expression : rule.rule().expressions()) {
                if (expression instanceof Immediate e
                        && e.data() instanceof Verdict verdict
                        && verdict.chain().equals(chain)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void deleteSet(Command.DeleteSet c) throws NftException {
        String name = c.set().name();
        if (c.lenient() && !sets.containsKey(name)) {
            return;
        }
        FakeSet _ = set(c, name);
        for (FakeChain chain : chains.values()) {
            for (InstalledRule rule : chain.rules()) {
                for (Expression expression : rule.rule().expressions()) {
                    boolean used =
                            switch (expression) {
                                case Lookup e -> e.set().equals(name);
                                case Dynset e -> e.set().equals(name);
                                default -> false;
                            };
                    if (used) {
                        throw error(Errno.EBUSY, c);
                    }
                }
            }
        }
        sets.remove(name);
    }
}
