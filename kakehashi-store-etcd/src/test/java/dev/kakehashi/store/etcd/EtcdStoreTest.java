package dev.kakehashi.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Listing;
import dev.kakehashi.cluster.store.Mirror;
import dev.kakehashi.cluster.store.ObjectValue;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.cluster.store.StoreContract;
import dev.kakehashi.cluster.store.StoreEvent;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Stores;
import dev.kakehashi.cluster.store.Watch;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The store in etcd, on a real server. */
@Tag("peers")
class EtcdStoreTest extends StoreContract {
    private static final AtomicInteger TESTS = new AtomicInteger();

    @TempDir static Path directory;
    private static EtcdServer server;

    private final String prefix = "/test-" + TESTS.incrementAndGet();
    private final List<Store> opened = new ArrayList<>();

    @BeforeAll
    static void startServer() throws Exception {
        server = EtcdServer.start(directory, List.of());
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected Store open() throws StoreException {
        Store store = Stores.open(StoreAddress.parse("etcd://" + server.authority() + prefix));
        opened.add(store);
        return store;
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Store::close);
    }

    private static StoreEvent<Node> next(BlockingQueue<StoreEvent<Node>> events)
            throws InterruptedException {
        StoreEvent<Node> event = events.poll(20, TimeUnit.SECONDS);
        assertThat(event).as("an event within 20 s").isNotNull();
        return java.util.Objects.requireNonNull(event);
    }

    @Test
    void thousandsOfObjects_areListedInPagesAtOneRevision() throws Exception {
        Store store = open();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 1203; i++) {
            names.add(store.create(Kind.NODE, node("n" + i)).object().name());
        }

        Listing<Node> listing = store.list(Kind.NODE);

        assertThat(listing.objects()).hasSize(names.size());
        assertThat(listing.objects())
                .allSatisfy(stored -> assertThat(names).contains(stored.object().name()));
    }

    @Test
    void whoKeepsAPartOfEachObject_isShownThatPartOnly() throws Exception {
        Store store = open();
        Kind<Node> parts = Kind.NODE.keeping(node -> node.seenBy("self"));
        BlockingQueue<StoreEvent<Node>> events = new LinkedBlockingQueue<>();
        String yaml = "apiVersion: v1\nkind: Node\nmetadata:\n  name: %s\nunknown: {a: b}\n";
        server.control("put", prefix + "/nodes/self", yaml.formatted("self"));
        try (Watch _ = store.watch(parts, store.list(Kind.NODE).revision(), events::add)) {
            server.control("put", prefix + "/nodes/other", yaml.formatted("other"));
            assertThat(next(events))
                    .isInstanceOfSatisfying(
                            StoreEvent.Put.class,
                            put -> assertThat(put.stored().object().origin().fields()).isEmpty());
        }
        assertThat(store.list(parts).objects())
                .extracting(stored -> stored.object().origin().fields().containsKey("unknown"))
                .containsExactlyInAnyOrder(true, false);
        assertThat(store.find(Kind.NODE, "other").orElseThrow().object().origin().fields())
                .containsKey("unknown");
    }

    @Test
    void yamlPutByHand_isAnObject_andGarbageIsRejectedWithTheReason() throws Exception {
        Store store = open();
        BlockingQueue<StoreEvent<Node>> events = new LinkedBlockingQueue<>();
        try (Watch _ = store.watch(Kind.NODE, store.list(Kind.NODE).revision(), events::add)) {
            String yaml = "apiVersion: v1\nkind: Node\nmetadata:\n  name: by-hand\n";
            server.control("put", prefix + "/nodes/by-hand", yaml);
            assertThat(next(events)).isInstanceOf(StoreEvent.Put.class);
            server.control("put", prefix + "/nodes/broken", "{\"kind\": [");
            assertThat(next(events).toString()).contains("Broken", "nodes/broken", "invalid JSON");
            server.control("put", prefix + "/nodes/../x", "{}");
            assertThat(next(events).toString()).contains("Broken", "is not allowed");
            server.control("del", prefix + "/nodes/broken");
            assertThat(next(events)).isEqualTo(new StoreEvent.Removed<Node>("broken"));
        }
        Listing<Node> listing = store.list(Kind.NODE);
        assertThat(listing.objects()).hasSize(1);
        assertThat(listing.rejected()).hasSize(1);
        assertThatThrownBy(() -> store.find(Kind.NODE, "../x"))
                .hasMessageContaining("is not a name");
    }

    @Test
    void valueThatIsTooLarge_isNotWritten() throws Exception {
        Store store = open();
        Node large = annotated(node("large"), "x".repeat(ObjectValue.MAX_OCTETS));

        assertThatThrownBy(() -> store.create(Kind.NODE, large))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("Node large has 10")
                .hasMessageContaining("at most 1048576");
        assertThat(store.list(Kind.NODE).objects()).isEmpty();
    }

    /**
     * A mirror that was away while its history was compacted lists again, and tells differences.
     */
    @Test
    void compactionWhileTheConnectionIsBroken_isAnsweredByTheDifferences() throws Exception {
        Store store = open();
        Stored<Node> stays = store.create(Kind.NODE, node("stays"));
        Stored<Node> goes = store.create(Kind.NODE, node("goes"));
        BlockingQueue<StoreEvent<Node>> events = new LinkedBlockingQueue<>();
        try (TcpRelay relay = TcpRelay.to(server.authority());
                Store far =
                        Stores.open(StoreAddress.parse("etcd://" + relay.authority() + prefix));
                Mirror<Node> mirror = Mirror.open(far, Kind.NODE, events::add)) {
            events.clear(); // what was there at the start
            relay.cut();
            store.remove(Kind.NODE, "goes", goes.version());
            Stored<Node> comes = store.create(Kind.NODE, node("comes"));
            server.control("compact", comes.version().toString());
            assertThat(mirror.objects()).as("the last known state").containsExactly(goes, stays);

            relay.mend();

            assertThat(List.of(next(events), next(events)))
                    .containsExactlyInAnyOrder(
                            new StoreEvent.Put<>(comes), new StoreEvent.Removed<Node>("goes"));
            assertThat(mirror.objects()).containsExactly(comes, stays);
            Stored<Node> later = store.create(Kind.NODE, node("later"));
            assertThat(next(events)).isEqualTo(new StoreEvent.Put<>(later));
        }
    }

    @Test
    void connectionThatBreaks_isResumedWithoutListingAndWithoutLosingAnything() throws Exception {
        Store store = open();
        BlockingQueue<StoreEvent<Node>> events = new LinkedBlockingQueue<>();
        try (TcpRelay relay = TcpRelay.to(server.authority());
                Store far =
                        Stores.open(StoreAddress.parse("etcd://" + relay.authority() + prefix));
                Watch _ = far.watch(Kind.NODE, far.list(Kind.NODE).revision(), events::add)) {
            for (int i = 0; i < 8; i++) {
                Stored<Node> before = store.create(Kind.NODE, node("before-" + i));
                assertThat(next(events)).isEqualTo(new StoreEvent.Put<>(before));
                relay.cut();
                Stored<Node> meanwhile = store.create(Kind.NODE, node("meanwhile-" + i));
                relay.mend();
                assertThat(next(events)).isEqualTo(new StoreEvent.Put<>(meanwhile));
            }
        }
    }

    @Test
    void watchFromACompactedRevision_saysThatItIsLost() throws Exception {
        Store store = open();
        Listing<Node> old = store.list(Kind.NODE);
        var _ = store.create(Kind.NODE, node("a"));
        Stored<Node> last = store.create(Kind.NODE, node("b"));
        server.control("compact", last.version().toString());
        BlockingQueue<StoreEvent<Node>> events = new LinkedBlockingQueue<>();

        try (Watch _ = store.watch(Kind.NODE, old.revision(), events::add)) {
            assertThat(next(events).toString()).contains("Lost", "compacted at " + last.version());
        }
    }

    @Test
    void frozenServer_isReportedAndTheLastKnownStateStays() throws Exception {
        Store store = open();
        Stored<Node> known = store.create(Kind.NODE, node("known"));
        BlockingQueue<StoreEvent<Node>> events = new LinkedBlockingQueue<>();
        try (Mirror<Node> mirror = Mirror.open(store, Kind.NODE, events::add)) {
            assertThat(next(events)).isEqualTo(new StoreEvent.Put<>(known));
            server.freeze();
            try {
                assertThatThrownBy(() -> store.find(Kind.NODE, "known"))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining(server.authority())
                        .hasMessageContaining("cannot read Node known");
                assertThat(store.status().reachable()).isFalse();
                assertThat(store.status().lastError()).contains("cannot read Node known");
                assertThat(mirror.objects()).containsExactly(known);
            } finally {
                server.thaw();
            }
            assertThat(isWritten(store, "later")).isTrue();
            assertThat(next(events).toString()).contains("name=later");
            assertThat(store.status().reachable()).isTrue();
        }
    }

    @Test
    void serverKilledAndStartedAgain_watchesGoOnAndWhatWasWrittenMeanwhileIsTold()
            throws Exception {
        Store store = open();
        Stored<Node> known = store.create(Kind.NODE, node("known"));
        BlockingQueue<StoreEvent<Node>> events = new LinkedBlockingQueue<>();
        try (Watch _ = store.watch(Kind.NODE, store.list(Kind.NODE).revision(), events::add)) {
            server.kill();
            assertThatThrownBy(() -> store.list(Kind.NODE))
                    .hasMessageContaining("cannot list nodes");
            assertThat(store.status().reachable()).isFalse();

            server.restart();

            assertThat(isWritten(store, "later")).isTrue();
            assertThat(next(events).toString())
                    .as("no event of %s again: it was not listed again", known.object().name())
                    .contains("name=later");
        }
    }

    /** Tries until the server answers; the connection is made again with growing pauses. */
    private static boolean isWritten(Store store, String name) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < deadline) {
            try {
                var _ = store.create(Kind.NODE, node(name));
                return true;
            } catch (ConflictException e) {
                return true; // an attempt that was answered in vain
            } catch (StoreException e) {
                Thread.sleep(100);
            }
        }
        return false;
    }

    @Test
    void keyOfALeasePutByHand_doesNotHoldForEver() throws Exception {
        Store store = open();
        server.control(
                "put",
                prefix + "/leases/leader",
                "{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\","
                        + "\"metadata\":{\"name\":\"leader\"},\"spec\":{\"holderIdentity\":\"x\"}}");

        assertThat(store.tryHold("leader", "a", java.time.Duration.ofSeconds(2), () -> {}))
                .isPresent();
    }

    /** As long as it takes gRPC to wait longer than somebody would who waits for a store. */
    @Test
    void serverThatWasGoneForLong_isHeardOfSoon(@TempDir Path own) throws Exception {
        BlockingQueue<StoreEvent<Node>> events = new LinkedBlockingQueue<>();
        try (EtcdServer etcd = EtcdServer.start(own, List.of());
                Store store = Stores.open(StoreAddress.parse("etcd://" + etcd.authority()));
                Watch _ = store.watch(Kind.NODE, store.list(Kind.NODE).revision(), events::add)) {
            store.create(Kind.NODE, node("before"));
            assertThat(next(events)).isInstanceOf(StoreEvent.Put.class);
            etcd.kill();
            TimeUnit.SECONDS.sleep(50);
            assertThat(store.status().reachable()).isFalse();

            etcd.restart();
            long back = System.nanoTime();
            while (!store.status().reachable()) {
                assertThat(System.nanoTime() - back)
                        .as("time until it is heard of")
                        .isLessThan(TimeUnit.SECONDS.toNanos(12));
                TimeUnit.MILLISECONDS.sleep(100);
            }
            store.create(Kind.NODE, node("after"));
            assertThat(next(events).toString()).contains("after");
        }
    }
}
