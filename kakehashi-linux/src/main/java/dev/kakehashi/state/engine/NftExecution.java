package dev.kakehashi.state.engine;

import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.InstalledRule;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.nft.NftException;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftElements;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.Resource;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Steps about nftables as one transaction. */
final class NftExecution {
    private static final int ATTEMPTS = 10;

    /** However busy other processes keep the kernel's rules. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * Shared by those that try for the first time, and taken alone by one that somebody has
     * overtaken: who reads much before its transaction would otherwise be overtaken again and again
     * by the others of this process.
     */
    private static final ReentrantReadWriteLock TURN = new ReentrantReadWriteLock(true);

    private final Nft nft;
    private final Map<TableId, Optional<InstalledTable>> read = new HashMap<>();
    private OptionalInt generation = OptionalInt.empty();

    NftExecution(Nft nft) {
        this.nft = nft;
    }

    /** Whether the step is about nftables. */
    static boolean carriesOut(Step step) {
        return step.resource() instanceof NftTable
                || step.resource() instanceof NftChain
                || step.resource() instanceof NftRules
                || step.resource() instanceof NftElements;
    }

    /**
     * Carries the steps out, all or none of them.
     *
     * @throws StepException if the kernel refuses; it names the first step, the cause the command
     */
    void run(List<Step> steps) throws IOException {
        long start = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            Lock turn = attempt == 1 ? TURN.readLock() : TURN.writeLock();
            turn.lock();
            try {
                attempt(steps);
                return;
            } catch (NftException e) {
                // Handles were of a generation that somebody has changed meanwhile.
                boolean tired =
                        attempt >= ATTEMPTS && System.nanoTime() - start > PATIENCE.toNanos();
                if (!e.isStale() || tired) {
                    throw new StepException(steps.getFirst(), e);
                }
            } finally {
                turn.unlock();
            }
        }
    }

    private void attempt(List<Step> steps) throws IOException {
        read.clear();
        generation = OptionalInt.empty();
        NftTransaction.Builder transaction = NftTransaction.builder();
        build(steps, transaction);
        if (generation.isPresent()) {
            transaction.ifGeneration(generation.getAsInt());
        }
        nft.apply(transaction.build());
    }

    private void build(List<Step> steps, NftTransaction.Builder transaction) throws IOException {
        for (Step step : steps) {
            if (!(step instanceof Step.Remove)) {
                declare(step, transaction);
            }
        }
        for (Step step : steps) {
            if (!(step instanceof Step.Remove)) {
                fill(step, transaction);
            }
        }
        // Rules before the chains they lead to; chains are emptied before any is deleted.
        for (Step step : steps) {
            if (step instanceof Step.Remove && step.resource() instanceof NftRules rules) {
                delete(rules, transaction);
            }
            if (step instanceof Step.Remove && step.resource() instanceof NftElements elements) {
                NftElementsHandler.remove(stillThere(elements), transaction);
            }
        }
        for (Step step : steps) {
            if (step instanceof Step.Remove && step.resource() instanceof NftChain chain) {
                if (isThere(chain)) {
                    transaction.flushChain(chain.table().id(), chain.chain().name());
                }
            }
        }
        for (Step step : steps) {
            if (step instanceof Step.Remove) {
                switch (step.resource()) {
                    case NftChain chain when isThere(chain) ->
                            transaction.deleteChain(chain.table().id(), chain.chain().name());
                    case NftTable table -> transaction.destroyTable(table.ruleset().id());
                    default -> {}
                }
            }
        }
    }

    private static void declare(Step step, NftTransaction.Builder transaction) {
        if (!(step.resource() instanceof NftTable && step instanceof Step.Change)) {
            handler(step.resource()).declare(step.resource(), transaction);
        }
    }

    private void fill(Step step, NftTransaction.Builder transaction) throws IOException {
        if (step instanceof Step.Change(_, NftTable after, NftTable before)) {
            NftTableDiff.change(before.ruleset(), after.ruleset(), transaction);
            return;
        }
        if (step instanceof Step.Change(_, NftElements after, NftElements before)) {
            NftElementsHandler.change(inTheWay(after, before), after, transaction);
            return;
        }
        if (step instanceof Step.Change(_, _, NftRules before)) {
            delete(before, transaction);
        }
        handler(step.resource()).fill(step.resource(), transaction);
    }

    /** Deletes what bears the comment, by the handles of this moment. */
    private void delete(NftRules rules, NftTransaction.Builder transaction) throws IOException {
        Optional<InstalledTable> table = table(rules.table());
        if (table.isEmpty() || table.get().chain(rules.chain()).isEmpty()) {
            return;
        }
        for (InstalledRule rule : table.get().chain(rules.chain()).get().rules()) {
            if (rule.rule().comment().equals(rules.comment())) {
                transaction.deleteRule(rules.table(), rules.chain(), rule.handle());
            }
        }
    }

    /** Those that bear the comment at this moment. */
    private NftElements stillThere(NftElements elements) throws IOException {
        List<Element> there = read(NftLookup.of(elements));
        there.removeIf(element -> !element.comment().equals(elements.comment()));
        return new NftElements(elements.table(), elements.set(), elements.comment(), there);
    }

    /** What has the keys, or had them, at this moment. */
    private NftElements inTheWay(NftElements wanted, NftElements before) throws IOException {
        Set<Value> keys = new HashSet<>();
        wanted.elements().forEach(element -> keys.add(element.key()));
        before.elements().forEach(element -> keys.add(element.key()));
        NftLookup lookup = NftLookup.of(wanted);
        lookup.add(before);
        List<Element> there = read(lookup);
        there.removeIf(element -> !keys.contains(element.key()));
        return new NftElements(wanted.table(), wanted.set(), wanted.comment(), there);
    }

    private List<Element> read(NftLookup lookup) throws IOException {
        if (generation.isEmpty()) {
            generation = OptionalInt.of(nft.generation());
        }
        return lookup.read(nft)
                .map(contents -> new ArrayList<>(contents.elements()))
                .orElseGet(ArrayList::new);
    }

    private boolean isThere(NftChain chain) throws IOException {
        Optional<InstalledTable> table = table(chain.table().id());
        return table.isPresent() && table.get().chain(chain.chain().name()).isPresent();
    }

    private Optional<InstalledTable> table(TableId id) throws IOException {
        Optional<InstalledTable> known = read.get(id);
        if (known == null) {
            known = nft.rules(id);
            read.put(id, known);
            // The first counts: what was read since must not have changed either.
            if (known.isPresent() && generation.isEmpty()) {
                generation = OptionalInt.of(known.get().generation());
            }
        }
        return known;
    }

    @SuppressWarnings("unchecked") // all kinds that come here are nftables'
    private static NftHandler<Resource> handler(Resource resource) {
        return (NftHandler<Resource>) (Handler<?>) Handlers.of(resource);
    }
}
