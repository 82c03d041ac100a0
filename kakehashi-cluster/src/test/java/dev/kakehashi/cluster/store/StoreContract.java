package dev.kakehashi.cluster.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** What every store must do. A store's test extends this class and opens it. */
public abstract class StoreContract {
    private static final String COUNTER = "test/counter";

    /** The shortest that etcd grants by default: one and a half of its election timeouts. */
    private static final Duration LEASE = Duration.ofSeconds(2);

    /** A handle on the one store of this test; each call may be another client of it. */
    protected abstract Store open() throws Exception;

    protected static Node node(String name) {
        return Node.named(name);
    }

    protected static Node annotated(Node node, String value) {
        return node.withMetadata(node.metadata().with("test/value", value));
    }

    protected static void await(String what, BooleanSupplier condition)
            throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    @Test
    void created_isFoundAndListed() throws Exception {
        Store store = open();

        Stored<Node> created = store.create(Kind.NODE, annotated(node("a"), "x"));

        assertThat(store.find(Kind.NODE, "a")).contains(created);
        assertThat(open().list(Kind.NODE).objects()).containsExactly(created);
        assertThat(created.object().metadata().annotations()).containsEntry("test/value", "x");
        assertThat(store.find(Kind.NODE, "b")).isEmpty();
    }

    @Test
    void kinds_doNotMix() throws Exception {
        Store store = open();
        store.create(Kind.NODE, node("same"));
        store.create(Kind.NETWORK, Network.of("same", List.of(IpPrefix.parse("10.244.0.0/16"))));

        assertThat(store.list(Kind.NODE).objects()).hasSize(1);
        assertThat(store.list(Kind.NETWORK).objects()).hasSize(1);
        store.update(
                Kind.NETWORK,
                "same",
                network -> network.withSpec(network.spec().withCarrier(CarrierName.HOST_GW)));
        assertThat(store.find(Kind.NETWORK, "same").orElseThrow().object().spec().carrier())
                .isEqualTo(CarrierName.HOST_GW);
    }

    @Test
    void createTwice_isAConflictAndTheFirstStays() throws Exception {
        Store store = open();
        Stored<Node> first = store.create(Kind.NODE, annotated(node("a"), "first"));

        assertThatThrownBy(() -> open().create(Kind.NODE, annotated(node("a"), "second")))
                .isInstanceOf(ConflictException.class);
        assertThat(store.find(Kind.NODE, "a")).contains(first);
    }

    @Test
    void replace_needsTheCurrentVersion() throws Exception {
        Store store = open();
        Stored<Node> first = store.create(Kind.NODE, node("a"));
        Stored<Node> second =
                store.replace(Kind.NODE, annotated(first.object(), "2"), first.version());

        assertThat(second.version()).isNotEqualTo(first.version());
        assertThatThrownBy(() ->
                        store.replace(Kind.NODE, annotated(first.object(), "3"), first.version()))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> store.replace(Kind.NODE, node("b"), first.version()))
                .isInstanceOf(ConflictException.class);
        assertThat(store.find(Kind.NODE, "a")).contains(second);
    }

    @Test
    void remove_needsTheCurrentVersion() throws Exception {
        Store store = open();
        Stored<Node> first = store.create(Kind.NODE, node("a"));
        Stored<Node> second =
                store.replace(Kind.NODE, annotated(first.object(), "2"), first.version());

        assertThatThrownBy(() -> store.remove(Kind.NODE, "a", first.version()))
                .isInstanceOf(ConflictException.class);
        store.remove(Kind.NODE, "a", second.version());
        assertThat(store.find(Kind.NODE, "a")).isEmpty();
        assertThat(store.list(Kind.NODE).objects()).isEmpty();
        assertThatThrownBy(() -> store.remove(Kind.NODE, "a", second.version()))
                .isInstanceOf(ConflictException.class);
    }

    @Test
    void updateToTheSame_writesNothing() throws Exception {
        Store store = open();
        Stored<Node> created = store.create(Kind.NODE, node("a"));

        assertThat(store.update(Kind.NODE, "a", node -> node)).contains(created);
        assertThat(store.update(Kind.NODE, "none", node -> node)).isEmpty();
    }

    @Test
    void watch_tellsWhatHappenedSinceTheListing() throws Exception {
        Store store = open();
        store.create(Kind.NODE, node("before"));
        Listing<Node> listing = store.list(Kind.NODE);
        Store other = open();
        Stored<Node> between = other.create(Kind.NODE, node("between"));
        BlockingQueue<StoreEvent<Node>> events = new LinkedBlockingQueue<>();

        Watch watch = store.watch(Kind.NODE, listing.revision(), events::add);
        try (watch) {
            assertThat(events.poll(5, TimeUnit.SECONDS)).isEqualTo(new StoreEvent.Put<>(between));
            Stored<Node> after = other.create(Kind.NODE, node("after"));
            assertThat(events.poll(5, TimeUnit.SECONDS)).isEqualTo(new StoreEvent.Put<>(after));
            other.remove(Kind.NODE, "between", between.version());
            assertThat(events.poll(5, TimeUnit.SECONDS))
                    .isEqualTo(new StoreEvent.Removed<Node>("between"));
        }
        other.create(Kind.NODE, node("unseen"));
        assertThat(events.poll(500, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void watchFromAnUnknownRevision_isRefused() throws Exception {
        Store store = open();

        assertThatThrownBy(
                        () -> store.watch(Kind.NODE, new Revision("no such revision"), event -> {}))
                .isInstanceOf(RevisionGoneException.class);
    }

    @Test
    void failingWatcher_doesNotStopTheOthers() throws Exception {
        Store store = open();
        Listing<Node> listing = store.list(Kind.NODE);
        BlockingQueue<StoreEvent<Node>> events = new LinkedBlockingQueue<>();
        Watch failing =
                store.watch(
                        Kind.NODE,
                        listing.revision(),
                        event -> {
                            throw new IllegalStateException("on purpose");
                        });
        Watch watch = store.watch(Kind.NODE, listing.revision(), events::add);
        try (failing;
                watch) {
            store.create(Kind.NODE, node("a"));
            store.create(Kind.NODE, node("b"));
            assertThat(events.poll(5, TimeUnit.SECONDS)).isInstanceOf(StoreEvent.Put.class);
            assertThat(events.poll(5, TimeUnit.SECONDS)).isInstanceOf(StoreEvent.Put.class);
        }
    }

    @Test
    void concurrentUpdates_areNeverLost() throws Exception {
        int threads = 6;
        int increments = 20;
        open().create(Kind.NODE, node("counter"));
        List<Callable<Object>> tasks = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Store store = open();
            tasks.add(() -> {
                for (int i = 0; i < increments; i++) {
                    store.update(Kind.NODE, "counter", StoreContract::incremented);
                }
                return "done";
            });
        }
        runAll(tasks);

        Node counter = open().find(Kind.NODE, "counter").orElseThrow().object();
        assertThat(counter.metadata().annotations())
                .containsEntry(COUNTER, String.valueOf(threads * increments));
    }

    protected static Node incremented(Node node) {
        int count = Integer.parseInt(node.metadata().annotations().getOrDefault(COUNTER, "0"));
        return node.withMetadata(node.metadata().with(COUNTER, String.valueOf(count + 1)));
    }

    @Test
    void concurrentCreates_haveOneWinner() throws Exception {
        List<String> winners = new CopyOnWriteArrayList<>();
        List<Callable<Object>> tasks = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            Store store = open();
            String who = "client-" + t;
            tasks.add(() -> {
                try {
                    store.create(Kind.NODE, annotated(node("prize"), who));
                    winners.add(who);
                } catch (ConflictException e) {
                    assertThat(e).hasMessageContaining("prize");
                }
                return "done";
            });
        }
        runAll(tasks);

        assertThat(winners).hasSize(1);
        assertThat(open().find(Kind.NODE, "prize").orElseThrow().object().metadata().annotations())
                .containsEntry("test/value", winners.getFirst());
    }

    private static void runAll(List<Callable<Object>> tasks) throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(tasks.size())) {
            for (Future<Object> result : executor.invokeAll(tasks)) {
                result.get();
            }
        }
    }

    @Test
    void lease_hasOneHolderUntilItIsGivenBack() throws Exception {
        Store store = open();
        Store other = open();
        AtomicInteger losses = new AtomicInteger();

        HeldLease held = store.tryHold("leader", "a", LEASE, losses::incrementAndGet).orElseThrow();
        try (held) {
            assertThat(held.name()).isEqualTo("leader");
            assertThat(held.isHeld()).isTrue();
            assertThat(other.tryHold("leader", "b", LEASE, losses::incrementAndGet)).isEmpty();
            assertThat(other.tryHold("another", "b", LEASE, losses::incrementAndGet)).isPresent();
            assertThat(other.find(Kind.LEASE, "leader").orElseThrow().object().holder())
                    .isEqualTo("a");
        }
        assertThat(held.isHeld()).isFalse();
        assertThat(other.tryHold("leader", "b", LEASE, losses::incrementAndGet)).isPresent();
        assertThat(losses).as("a lease that was given back is not lost").hasValue(0);
    }

    @Test
    void lease_isRenewedAsLongAsItIsHeld() throws Exception {
        Store store = open();
        Store other = open();

        try (HeldLease held = store.tryHold("leader", "a", LEASE, () -> {}).orElseThrow()) {
            long end = System.nanoTime() + 2 * LEASE.toNanos();
            while (System.nanoTime() < end) {
                assertThat(other.tryHold("leader", "b", LEASE, () -> {})).isEmpty();
                assertThat(held.isHeld()).isTrue();
                Thread.sleep(100);
            }
        }
    }

    @Test
    void leaseOfAClientThatIsGone_runsOut() throws Exception {
        Store gone = open();
        Store other = open();
        assertThat(gone.tryHold("leader", "a", LEASE, () -> {})).isPresent();
        long taken = System.nanoTime();

        gone.close();

        Optional<HeldLease> next = Optional.empty();
        while (next.isEmpty()) {
            assertThat(System.nanoTime() - taken)
                    .as("waiting for the lease to run out")
                    .isLessThan(TimeUnit.SECONDS.toNanos(20));
            next = other.tryHold("leader", "b", LEASE, () -> {});
            Thread.sleep(50);
        }
        assertThat(System.nanoTime() - taken).isGreaterThan(LEASE.toNanos() / 2);
        next.get().close();
    }

    @Test
    void leaseAskedForAgainByItsHolder_isGiven() throws Exception {
        assertThat(open().tryHold("leader", "a", LEASE, () -> {})).isPresent();

        assertThat(open().tryHold("leader", "a", LEASE, () -> {})).isPresent();
    }

    @Test
    void concurrentRequestsForALease_haveOneWinner() throws Exception {
        List<HeldLease> winners = new CopyOnWriteArrayList<>();
        List<Callable<Object>> tasks = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            Store store = open();
            String who = "client-" + t;
            tasks.add(() -> {
                store.tryHold("leader", who, LEASE, () -> {}).ifPresent(winners::add);
                return "done";
            });
        }
        runAll(tasks);

        assertThat(winners).hasSize(1);
    }

    @Test
    void leaseThatSomebodyRemoved_isLostAndSaidToBe() throws Exception {
        Store store = open();
        Semaphore losses = new Semaphore(0);
        HeldLease held = store.tryHold("leader", "a", LEASE, losses::release).orElseThrow();

        Store other = open();
        await("the removal", () -> removed(other, "leader"));

        assertThat(losses.tryAcquire(2 * LEASE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(held.isHeld()).isFalse();
    }

    private static boolean removed(Store store, String lease) {
        try {
            store.remove(Kind.LEASE, lease, store.find(Kind.LEASE, lease).orElseThrow().version());
            return true;
        } catch (StoreException e) {
            return false; // renewed meanwhile
        }
    }

    @Test
    void status_ofAStoreThatAnswers() throws Exception {
        Store store = open();
        store.list(Kind.NODE);

        assertThat(store.status().reachable()).isTrue();
        assertThat(store.status().lastError()).isEmpty();
        assertThat(store.status().lag()).isLessThan(Duration.ofSeconds(10));
    }

    /**
     * Random operations by two clients, right and wrong ones, beside a plain map that says what
     * must come out.
     */
    @Test
    void randomOperations_behaveAsAMapWithVersions() throws Exception {
        RandomGenerator random = Seeds.random();
        Store[] clients = {open(), open()};
        Map<String, Stored<Node>> model = new HashMap<>();
        List<Version> stale = new ArrayList<>(List.of(new Version("none")));
        try (Mirror<Node> mirror = Mirror.open(clients[0], Kind.NODE, event -> {})) {
            for (int i = 0; i < 300; i++) {
                step(random, clients[random.nextInt(2)], model, stale, "step " + i);
            }
            assertThat(clients[1].list(Kind.NODE).objects())
                    .containsExactlyInAnyOrderElementsOf(model.values());
            await(
                    "the mirror",
                    () ->
                            mirror.objects().size() == model.size()
                                    && mirror.objects().containsAll(model.values()));
        }
    }

    private static void step(
            RandomGenerator random,
            Store store,
            Map<String, Stored<Node>> model,
            List<Version> stale,
            String what)
            throws StoreException {
        String name = "n" + random.nextInt(6);
        Optional<Stored<Node>> known = Optional.ofNullable(model.get(name));
        boolean right = random.nextInt(4) > 0;
        Version version =
                right && known.isPresent()
                        ? known.get().version()
                        : stale.get(random.nextInt(stale.size()));
        boolean current = known.isPresent() && known.get().version().equals(version);
        Node value =
                annotated(
                        known.map(Stored::object).orElse(node(name)),
                        String.valueOf(random.nextInt(1000)));
        try {
            switch (random.nextInt(4)) {
                case 0 -> {
                    model.put(name, store.create(Kind.NODE, value));
                    assertThat(known).as(what).isEmpty();
                }
                case 1 -> {
                    store.remove(Kind.NODE, name, version);
                    assertThat(current).as(what).isTrue();
                    stale.add(version);
                    model.remove(name);
                }
                default -> {
                    Stored<Node> after = store.replace(Kind.NODE, value, version);
                    assertThat(current).as(what).isTrue();
                    stale.add(version);
                    model.put(name, after);
                }
            }
        } catch (ConflictException e) {
            assertThat(e).as(what).hasMessageContaining(name);
        }
        assertThat(store.find(Kind.NODE, name))
                .as(what)
                .isEqualTo(Optional.ofNullable(model.get(name)));
    }
}
