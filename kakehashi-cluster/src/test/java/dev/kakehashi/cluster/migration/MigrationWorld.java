package dev.kakehashi.cluster.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.carrier.Ways;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/**
 * Some nodes and a store, one step at a time: which node does the next step of its run, whether it
 * dies at it, before or after it has its effect, and how old what it sees is, is all by chance.
 * What must hold holds after every step: whatever a node sends by, the receiver can receive.
 */
final class MigrationWorld {
    private static final class Crash extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private final SplittableRandom random;
    private final List<SimulatedNode> nodes = new ArrayList<>();

    /** What the store held, the present last: who follows it may be behind. */
    private final List<Map<String, NodeCarriers>> history = new ArrayList<>();

    private Way wanted;

    /** What was wanted before: not all nodes hear of another at once, or have the same time. */
    private Way former;

    private boolean quiet;
    private long nanos;

    MigrationWorld(long seed, int count, Way first) {
        random = new SplittableRandom(seed);
        wanted = first;
        former = first;
        Map<String, NodeCarriers> said = new TreeMap<>();
        for (int i = 1; i <= count; i++) {
            said.put("node-" + i, NodeCarriers.settled(first));
        }
        history.add(said);
        said.keySet().forEach(name -> nodes.add(new SimulatedNode(name)));
    }

    /** Lets chance decide for some steps. */
    void run(int steps) throws InterruptedException {
        for (int step = 0; step < steps; step++) {
            nanos += random.nextInt(500) * 1_000_000L;
            nodes.get(random.nextInt(nodes.size())).step();
            nodes.forEach(SimulatedNode::check);
        }
    }

    void want(Way carrier) {
        former = wanted;
        wanted = carrier;
    }

    /** From now on nobody dies, and everybody sees what there is. */
    void calm() {
        quiet = true;
    }

    void assertSettled() {
        for (SimulatedNode node : nodes) {
            assertThat(node.kernel.held()).as(node.name).containsExactly(wanted);
            assertThat(present().get(node.name)).isEqualTo(NodeCarriers.settled(wanted));
        }
    }

    void end() throws InterruptedException {
        for (SimulatedNode node : nodes) {
            node.thread.interrupt();
            node.thread.join();
        }
    }

    private Map<String, NodeCarriers> present() {
        return history.getLast();
    }

    private final class SimulatedNode implements Migrator.Site<Crash> {
        private final String name;
        private final Semaphore turn = new Semaphore(0);
        private final Semaphore done = new Semaphore(0);
        private final Thread thread;
        private Ways kernel;
        private Migrator migrator;
        private int seen;
        private @Nullable Throwable failure;

        SimulatedNode(String name) {
            this.name = name;
            this.kernel = new Ways(Set.of(wanted), wanted, Map.of());
            this.migrator = started();
            this.thread = Thread.ofVirtual().start(this::live);
        }

        private Migrator started() {
            return new Migrator(
                    name, present().getOrDefault(name, NodeCarriers.fresh(wanted)), () -> nanos);
        }

        void step() throws InterruptedException {
            turn.release();
            done.acquire();
            if (failure != null) {
                throw new AssertionError(failure.getMessage(), failure);
            }
        }

        private void live() {
            try {
                turn.acquire();
                while (true) {
                    try {
                        migrator.run(heard(), view(), this);
                        publish(migrator.own());
                    } catch (Crash e) {
                        migrator = started();
                        seen = random.nextInt(seen + 1); // another server may know less
                    }
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) {
                failure = e;
                done.release();
            }
        }

        private void pause() throws InterruptedException {
            done.release();
            turn.acquire();
        }

        private void chance() throws Crash {
            if (!quiet && random.nextInt(40) == 0) {
                throw new Crash();
            }
        }

        private Way heard() {
            return quiet || random.nextInt(4) > 0 ? wanted : former;
        }

        private PeerCarriers view() {
            seen = quiet ? history.size() - 1 : random.nextInt(seen, history.size());
            return others(history.get(seen));
        }

        private PeerCarriers others(Map<String, NodeCarriers> said) {
            Map<String, Optional<NodeCarriers>> others = new TreeMap<>();
            said.forEach((node, carriers) -> {
                if (!node.equals(name)) {
                    others.put(node, Optional.of(carriers));
                }
            });
            return new PeerCarriers(others);
        }

        @Override
        public void keep(Ways ways) throws Crash, InterruptedException {
            pause();
            chance();
            kernel = ways;
            pause();
            chance();
        }

        @Override
        public Set<String> verify(Map<String, Way> candidates) throws Crash, InterruptedException {
            pause();
            chance();
            Set<String> answered = new HashSet<>();
            for (SimulatedNode node : nodes) {
                Way way = candidates.get(node.name);
                if (way != null && node.kernel.held().contains(way)) {
                    assertThat(kernel.held()).contains(way);
                    answered.add(node.name);
                }
            }
            return answered;
        }

        @Override
        public void publish(NodeCarriers said) throws Crash, InterruptedException {
            pause();
            chance();
            Map<String, NodeCarriers> changed = new TreeMap<>(present());
            changed.put(name, read(CarriersAnnotation.text(said)));
            if (!changed.equals(present())) {
                history.add(changed);
            }
            pause();
            chance();
        }

        private static NodeCarriers read(String text) {
            return CarriersAnnotation.parse(text).orElseThrow();
        }

        @Override
        public PeerCarriers read() throws Crash {
            chance();
            return others(present());
        }

        void check() {
            for (SimulatedNode other : nodes) {
                Way way = kernel.to(other.name);
                if (other != this && !other.kernel.held().contains(way)) {
                    throw new AssertionError(
                            name
                                    + " sends to "
                                    + other.name
                                    + " by "
                                    + way
                                    + ", which has "
                                    + other.kernel.held());
                }
            }
        }
    }
}
