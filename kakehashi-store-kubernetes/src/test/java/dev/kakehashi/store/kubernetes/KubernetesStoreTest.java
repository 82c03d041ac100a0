package dev.kakehashi.store.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.AllocationHandle;
import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.BgpPeerSpec;
import dev.kakehashi.cluster.BgpTarget;
import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolSpec;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Namespace;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.node.NodeFacts;
import dev.kakehashi.cluster.node.NodeRegistration;
import dev.kakehashi.cluster.node.SubnetPendingException;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.cluster.node.Vteps;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Listing;
import dev.kakehashi.cluster.store.Notice;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.cluster.store.StoreContract;
import dev.kakehashi.cluster.store.StoreEvent;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Stores;
import dev.kakehashi.cluster.store.Watch;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The store in Kubernetes, on a real API server. */
@Tag("peers")
class KubernetesStoreTest extends StoreContract {
    @TempDir static Path directory;
    @RegisterExtension static final ApiServer server = new ApiServer(() -> directory);

    private final List<Store> opened = new ArrayList<>();

    @Override
    protected Store open() throws Exception {
        Store store = Stores.open(StoreAddress.parse(server.address()));
        opened.add(store);
        return store;
    }

    @AfterEach
    void removeAll() throws Exception {
        opened.forEach(Store::close);
        try (Store store = Stores.open(StoreAddress.parse(server.address()))) {
            for (Kind<?> kind : Kind.ALL) {
                removeAll(store, kind);
            }
        }
    }

    private static <T extends ClusterObject> void removeAll(Store store, Kind<T> kind)
            throws StoreException {
        for (Stored<T> stored : store.list(kind).objects()) {
            try {
                store.remove(kind, stored.object().name(), stored.version());
            } catch (ConflictException e) {
                // The API server's own leases are renewed all the time.
            }
        }
    }

    private static StoreEvent<Node> next(BlockingQueue<StoreEvent<Node>> events)
            throws InterruptedException {
        StoreEvent<Node> event = events.poll(30, TimeUnit.SECONDS);
        assertThat(event).as("an event within 30 s").isNotNull();
        return java.util.Objects.requireNonNull(event);
    }

    @Test
    void statusAndTheRest_areWrittenEachWhereItBelongs_andForeignFieldsStay() throws Exception {
        Store store = open();
        server.control("create", "-f", nodeWithImages().toString());
        Stored<Node> read = store.find(Kind.NODE, "worker").orElseThrow();
        assertThat(read.object().origin().toString()).doesNotContain("images");
        Condition up = new Condition("NetworkUnavailable", "False", "Up", "it is", Instant.EPOCH);

        Node changed = annotated(read.object(), "1").withConditions(List.of(up));
        Stored<Node> written = store.replace(Kind.NODE, changed, read.version());

        assertThat(written.object().conditions()).containsExactly(up);
        assertThat(written.object().metadata().annotations()).containsEntry("test/value", "1");
        assertThat(server.control("get", "node", "worker", "-o", "yaml"))
                .contains("test/value: \"1\"", "NetworkUnavailable", "registry/image:1");
    }

    /** The API server drops what a definition does not name. */
    @Test
    void blocksAndPools_areKeptWithAllTheyHold() throws Exception {
        Store store = open();
        IpBlockSpec spec =
                new IpBlockSpec(
                        IpPrefix.parse("10.244.3.64/26"),
                        "pool",
                        "pods",
                        "node-1",
                        IpBlockSpec.State.CONFIRMED,
                        Long.MAX_VALUE - 1,
                        "reclaimer",
                        List.of(
                                new IpBlockSpec.GivenUp(
                                        IpAddresses.parse("10.244.3.70"), "node-2", 7)));
        Allocation allocation =
                new Allocation(
                        IpAddresses.parse("10.244.3.65"),
                        new AllocationHandle("container", "eth0", 7),
                        "node-1",
                        Map.of("pod", "default/web"),
                        Instant.parse("2026-01-31T12:00:00Z"));
        IpBlock block = IpBlock.of(spec).withAllocations(List.of(allocation));
        IpPool pool = IpPool.of("six", IpPoolSpec.of(IpPrefix.parse("fd00:10:244::/112")));

        var _ = store.create(Kind.IP_BLOCK, block);
        var _ = store.create(Kind.IP_POOL, pool);

        IpBlock kept = store.find(Kind.IP_BLOCK, block.name()).orElseThrow().object();
        assertThat(kept.spec()).isEqualTo(spec);
        assertThat(kept.allocations()).containsExactly(allocation);
        assertThat(store.find(Kind.IP_POOL, "six").orElseThrow().object().spec())
                .isEqualTo(pool.spec());
    }

    private Path nodeWithImages() throws Exception {
        return Files.writeString(
                directory.resolve("worker.yaml"),
                """
                apiVersion: v1
                kind: Node
                metadata:
                  name: worker
                status:
                  images:
                  - names: ["registry/image:1"]
                    sizeBytes: 1
                """);
    }

    @Test
    void bgpPeers_showOnWhichNodesTheyAreDown() throws Exception {
        Store store = open();
        BgpTarget.Router router =
                new BgpTarget.Router(IpAddresses.parse("192.0.2.254"), 64513, 179);
        store.create(Kind.BGP_PEER, BgpPeer.of("tor", BgpPeerSpec.of(router)));
        store.update(
                Kind.BGP_PEER,
                "tor",
                peer ->
                        peer.withStatus(
                                peer.status()
                                        .said(
                                                "node-1",
                                                Optional.of("no answer"),
                                                _ -> true,
                                                Instant.EPOCH)));

        assertThat(server.control("get", "bgppeers"))
                .containsPattern("NAME +PEER +NETWORK +ESTABLISHED +MESSAGE +AGE")
                .containsPattern("tor +192.0.2.254 +False +node-1: no answer");
    }

    @Test
    void whatIsToldOfAnObject_isShownWhereItIsDescribed() throws Exception {
        Store store = open();
        server.control("create", "-f", nodeWithImages().toString());

        store.tell(new Notice(Kind.NODE, "worker", "worker", "PeerSetAside", "node2 has no key"));

        assertThat(server.control("describe", "node", "worker"))
                .containsPattern("Warning +PeerSetAside .*kakehashi.dev/agent +node2 has no key");
        assertThatThrownBy(() ->
                        store.tell(new Notice(Kind.NODE, "absent", "worker", "Reason", "why")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("nodes \"absent\" not found");
    }

    @Test
    void nodeThatNobodyRegistered_isWaitedFor_andSoIsItsSubnet() throws Exception {
        Store store = open();
        Network network = Network.of("pods", List.of(IpPrefix.parse("10.244.0.0/16")));
        Underlay underlay = new Underlay("eth0", List.of(IpPrefix.parse("192.0.2.1/24")), 1500);
        NodeFacts facts =
                NodeFacts.of(
                        "worker", underlay, Vteps.of(MacAddress.of(2)), List.of(), Instant.EPOCH);
        NodeRegistration registration = new NodeRegistration(store, new SplittableRandom(1));

        assertThatThrownBy(() -> registration.register(network, facts))
                .isInstanceOf(SubnetPendingException.class)
                .hasMessageContaining("the kubelet of that name has not registered it yet");
        assertThat(store.find(Kind.NODE, "worker")).isEmpty();

        server.control("create", "-f", nodeWithImages().toString());
        assertThatThrownBy(() -> registration.register(network, facts))
                .isInstanceOf(SubnetPendingException.class)
                .hasMessageContaining("--cluster-cidr=10.244.0.0/16");

        server.control(
                "patch",
                "node",
                "worker",
                "-p",
                "{\"spec\":{\"podCIDR\":\"10.244.7.0/24\",\"podCIDRs\":[\"10.244.7.0/24\"]}}");
        assertThat(registration.register(network, facts).object().podCidrs())
                .containsExactly(IpPrefix.parse("10.244.7.0/24"));
    }

    @Test
    void namespaces_areFollowed_withTheirLabelsAndOurAnnotationAlone() throws Exception {
        server.control("create", "namespace", "shop");
        Store store = open();
        assertThat(store.hasNamespaces()).isTrue();
        BlockingQueue<StoreEvent<Namespace>> events = new LinkedBlockingQueue<>();
        Listing<Namespace> listing = store.list(Kind.NAMESPACE);
        assertThat(listing.rejected()).isEmpty();
        assertThat(listing.objects().stream().map(stored -> stored.object().name()))
                .contains("shop", "default", "kube-system");
        try (Watch _ = store.watch(Kind.NAMESPACE, listing.revision(), events::add)) {
            server.control("label", "namespace", "shop", "team=red");
            server.control("annotate", "namespace", "shop", "example.org/note=much text");
            server.control("annotate", "namespace", "shop", "kakehashi.dev/pools=red");
            Namespace last;
            do {
                StoreEvent<Namespace> event = events.poll(30, TimeUnit.SECONDS);
                assertThat(event).as("an event within 30 s").isInstanceOf(StoreEvent.Put.class);
                last = ((StoreEvent.Put<Namespace>) event).stored().object();
            } while (last.metadata().annotations().isEmpty());

            assertThat(last.labels())
                    .containsExactlyInAnyOrderEntriesOf(
                            Map.of("kubernetes.io/metadata.name", "shop", "team", "red"));
            assertThat(last.metadata().annotations())
                    .containsExactlyEntriesOf(Map.of("kakehashi.dev/pools", "red"));
            assertThat(last.origin().toString())
                    .doesNotContain("much text")
                    .doesNotContain("finalizers");
        }
    }

    /**
     * As far as the API server can: it has no history behind a start, and what it writes itself
     * while it starts may have made it newer than what the watch has seen.
     */
    @Test
    void serverKilledAndStartedAgain_watchesGoOnWithoutListing() throws Exception {
        Store store = open();
        String answer = "";
        for (int start = 1; start <= 4 && !answer.contains("name=later"); start++) {
            answer = firstHeardBehindAStart(store, start);
            assertThat(answer).containsAnyOf("name=later" + start, "too old resource version");
        }
        assertThat(answer).as("of four starts").contains("name=later");
    }

    private static String firstHeardBehindAStart(Store store, int start) throws Exception {
        BlockingQueue<StoreEvent<Node>> events = new LinkedBlockingQueue<>();
        try (Watch _ = store.watch(Kind.NODE, store.list(Kind.NODE).revision(), events::add)) {
            var _ = store.create(Kind.NODE, node("known" + start));
            assertThat(next(events).toString()).contains("name=known" + start);
            server.kill();
            assertThatThrownBy(() -> store.list(Kind.NODE))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("cannot list nodes");
            assertThat(store.status().reachable()).isFalse();

            server.restart();

            var _ = store.create(Kind.NODE, node("later" + start));
            String answer = next(events).toString();
            assertThat(store.status().reachable()).isTrue();
            return answer;
        }
    }

    @Test
    void accountWithoutRights_isToldWhatItMayNotDo() throws Exception {
        try (Store store = Stores.open(StoreAddress.parse(server.address("agent-token")))) {
            assertThatThrownBy(() -> store.list(Kind.NODE))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("User \"agent\" cannot list resource \"nodes\"");
        }
    }
}
