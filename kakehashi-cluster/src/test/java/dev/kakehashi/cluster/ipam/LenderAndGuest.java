package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.AssignmentMode;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolSpec;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.PodLink;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Two nodes and a pool of one block: what the second one has, it borrowed of the first. */
abstract class LenderAndGuest {
    static final IpPrefix BLOCK = IpPrefix.parse("10.0.0.0/28");
    static final Duration OFFLINE = Duration.ofSeconds(30);

    final MemoryStore store = new MemoryStore(false);
    final List<String> log = new ArrayList<>();
    Network network = Network.of("default", List.of(IpPrefix.parse("10.0.0.0/16")));
    long now = 1000;

    @TempDir Path folder;

    final ClusterView view =
            new ClusterView() {
                @Override
                public Optional<Network> network() {
                    return Optional.of(network);
                }

                @Override
                public List<IpPool> pools() {
                    return store.list(Kind.IP_POOL).objects().stream().map(Stored::object).toList();
                }

                @Override
                public List<IpBlock> blocks() {
                    return store.list(Kind.IP_BLOCK).objects().stream()
                            .map(Stored::object)
                            .toList();
                }

                @Override
                public Optional<Node> node(String name) {
                    return store.find(Kind.NODE, name).map(Stored::object);
                }
            };

    /** A node, as far as it has addresses. */
    final class Host {
        final LedgerDisk disk;
        final BlockKeeper keeper;
        private final BlockReclaimer reclaimer;
        final AddressDesk desk;

        Host(String name) throws IOException {
            this(name, "default");
            var _ = store.create(Kind.NODE, Node.named(name));
        }

        Host(String name, String network) throws IOException {
            this(new IpamSettings(name, network, 2, OFFLINE));
        }

        Host(IpamSettings settings) throws IOException {
            String name = settings.node();
            disk = LedgerFile.of(folder.resolve(name), settings.network(), "boot");
            keeper =
                    new BlockKeeper(
                            store,
                            view,
                            disk,
                            this::clock,
                            new SplittableRandom(7),
                            settings,
                            line -> log.add(name + ": " + line));
            reclaimer = new BlockReclaimer(store, view, this::clock, settings, log::add);
            desk = AddressDesk.of(disk, name, this::clock);
        }

        private Instant clock() {
            return Instant.ofEpochMilli(now);
        }

        /** A few rounds of what it does of itself. */
        void run() throws IOException {
            for (int i = 0; i < 3; i++) {
                keeper.run(one -> true);
            }
            reclaimer.run();
        }

        /** Gives a container an address. */
        InetAddress add(String container) throws Exception {
            return desk.give(AddressRequest.of(container, "eth0"))
                    .of(container, "eth0")
                    .getFirst()
                    .allocation()
                    .address();
        }
    }

    Host lender;
    Host guest;

    @BeforeEach
    void twoNodes() throws Exception {
        network = network.withSpec(network.spec().withPodLink(PodLink.ROUTED));
        var _ =
                store.create(
                        Kind.IP_POOL,
                        IpPool.of(
                                "pods",
                                IpPoolSpec.of(BLOCK)
                                        .withBlockSize(28)
                                        .withAssignment(AssignmentMode.BORROW)));
        lender = new Host("a");
        guest = new Host("b");
        lender.run();
        lender.run();
    }

    /** Has somebody change the pool. */
    void changePool(UnaryOperator<IpPoolSpec> change) throws Exception {
        Stored<IpPool> pool = store.find(Kind.IP_POOL, "pods").orElseThrow();
        store.replace(
                Kind.IP_POOL,
                pool.object().withSpec(change.apply(pool.object().spec())),
                pool.version());
    }

    /** The pool's only one, as the store has it. */
    IpBlock block() {
        return store.find(Kind.IP_BLOCK, IpBlock.nameOf(BLOCK)).orElseThrow().object();
    }

    /** Who has what the block's node gave up, by address; empty where nobody has. */
    Map<String, String> borrowers() {
        Map<String, String> borrowers = new TreeMap<>();
        for (IpBlockSpec.GivenUp one : block().spec().givenUp()) {
            borrowers.put(one.address().getHostAddress(), one.borrower());
        }
        return borrowers;
    }
}
