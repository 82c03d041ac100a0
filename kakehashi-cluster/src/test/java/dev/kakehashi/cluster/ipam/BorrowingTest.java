package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.AssignmentMode;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolSpec;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.PodLink;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

/** Two nodes and a pool of one block: what the second one has, it borrowed of the first. */
class BorrowingTest {
    private static final IpPrefix BLOCK = IpPrefix.parse("10.0.0.0/28");
    private static final Duration OFFLINE = Duration.ofSeconds(30);

    private final MemoryStore store = new MemoryStore(false);
    private final List<String> log = new ArrayList<>();
    private Network network = Network.of("default", List.of(IpPrefix.parse("10.0.0.0/16")));
    private long now = 1000;

    @TempDir Path folder;

    private final ClusterView view =
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

    private final class Host {
        private final LedgerDisk disk;
        private final BlockKeeper keeper;
        private final BlockReclaimer reclaimer;
        private final AddressDesk desk;

        Host(String name) throws IOException {
            this(name, "default");
            var _ = store.create(Kind.NODE, Node.named(name));
        }

        Host(String name, String network) throws IOException {
            IpamSettings settings = new IpamSettings(name, network, 2, OFFLINE);
            disk = LedgerFile.of(folder.resolve(name), network, "boot");
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

        void run() throws IOException {
            for (int i = 0; i < 3; i++) {
                keeper.run(one -> true);
            }
            reclaimer.run();
        }

        InetAddress add(String container) throws Exception {
            return desk.give(AddressRequest.of(container, "eth0"))
                    .of(container, "eth0")
                    .getFirst()
                    .allocation()
                    .address();
        }
    }

    private Host lender;
    private Host guest;

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

    private IpBlock block() {
        return store.find(Kind.IP_BLOCK, IpBlock.nameOf(BLOCK)).orElseThrow().object();
    }

    private Map<String, String> borrowers() {
        Map<String, String> borrowers = new TreeMap<>();
        for (IpBlockSpec.GivenUp one : block().spec().givenUp()) {
            borrowers.put(one.address().getHostAddress(), one.borrower());
        }
        return borrowers;
    }

    @Test
    void whatIsBorrowed_onlyTheBorrowerGives() throws Exception {
        // The last one is for broadcasts.
        assertThat(borrowers())
                .containsOnlyKeys("10.0.0.11", "10.0.0.12", "10.0.0.13", "10.0.0.14");

        guest.run();

        InetAddress borrowed = guest.add("x");
        assertThat(borrowers()).containsEntry(borrowed.getHostAddress(), "b");
        guest.run();
        lender.run();
        assertThat(block().allocations())
                .extracting(one -> one.address() + " " + one.node())
                .containsExactly(borrowed + " b");
        for (int i = 0; i < 6; i++) {
            assertThat(lender.add("c" + i)).isNotEqualTo(borrowed);
        }
        assertThatThrownBy(() -> lender.add("more"))
                .isInstanceOf(AddressesExhaustedException.class)
                .hasMessageContaining("7 lent or offered to others");
        assertThat(log)
                .anyMatch(line -> line.contains("b: borrowed [10.0.0.11, 10.0.0.12] of node a"));
    }

    @Test
    void whatIsOfferedAndNotBorrowed_comesBackWhenTheNodeNeedsIt() throws Exception {
        guest.run();
        for (int i = 0; i < 8; i++) {
            lender.add("c" + i);
        }

        lender.run();

        assertThat(borrowers()).containsOnlyKeys("10.0.0.11", "10.0.0.12", "10.0.0.13");
        assertThat(lender.add("another")).isNotNull();
    }

    @Test
    void whatIsNotNeeded_goesBackAfterItHasRested() throws Exception {
        guest.run();
        InetAddress borrowed = guest.add("x");
        for (int i = 0; i < 4; i++) {
            guest.run();
            lender.run();
            guest.add("y" + i);
        }
        guest.desk.takeBackIf(any -> true);
        now += Allocator.COOL_DOWN_MILLIS + 1;

        for (int i = 0; i < 6; i++) {
            guest.run();
        }

        // Twice as many as it wants to have free; the others went back.
        assertThat(borrowers().values().stream().filter("b"::equals)).hasSizeLessThanOrEqualTo(4);
        assertThat(log).anyMatch(line -> line.matches("b: gave 10\\.0\\.0\\.\\d+ back to node a"));
        assertThat(borrowed).isNotNull();
    }

    @Test
    void poolThatIsStrictAgain_takesBackWhatNobodyUses() throws Exception {
        guest.run();
        InetAddress borrowed = guest.add("x");
        Stored<IpPool> pool = store.find(Kind.IP_POOL, "pods").orElseThrow();
        store.replace(
                Kind.IP_POOL,
                pool.object().withSpec(pool.object().spec().withAssignment(AssignmentMode.STRICT)),
                pool.version());

        for (int i = 0; i < 4; i++) {
            guest.run();
            lender.run();
        }

        assertThat(borrowers()).containsOnly(Map.entry(borrowed.getHostAddress(), "b"));
        assertThat(guest.disk.read().given()).containsOnlyKeys(borrowed);
        assertThatThrownBy(() -> guest.add("y")).isInstanceOf(AddressesExhaustedException.class);

        guest.desk.takeBack("x", "eth0");
        assertThatThrownBy(() -> guest.add("y")).isInstanceOf(AddressesExhaustedException.class);
        now += Allocator.COOL_DOWN_MILLIS + 1;
        for (int i = 0; i < 3; i++) {
            guest.run();
            lender.run();
        }
        assertThat(borrowers()).isEmpty();
        assertThat(lender.disk.read().blocks().values())
                .isNotEmpty()
                .allMatch(held -> held.givenUp().isEmpty());
    }

    /** What is fixed in a pool is changed so. */
    @Test
    void poolThatIsMadeAgainWithOtherAddresses_givesNoMoreOfItsFormerBlocks() throws Exception {
        guest.run();
        InetAddress own = lender.add("w");
        InetAddress borrowed = guest.add("x");
        Stored<IpPool> former = store.find(Kind.IP_POOL, "pods").orElseThrow();
        store.remove(Kind.IP_POOL, "pods", former.version());
        IpPrefix cidr = IpPrefix.parse("10.0.1.0/27");
        IpPoolSpec spec =
                IpPoolSpec.of(cidr).withBlockSize(28).withAssignment(AssignmentMode.BORROW);
        store.create(Kind.IP_POOL, IpPool.of("pods", spec));

        for (int i = 0; i < 8; i++) {
            lender.run();
            guest.run();
        }
        assertThat(cidr.contains(lender.add("y"))).isTrue();
        assertThat(cidr.contains(guest.add("z"))).isTrue();
        assertThat(borrowers()).containsOnly(Map.entry(borrowed.getHostAddress(), "b"));
        assertThat(lender.disk.read().given()).containsKey(own);

        lender.desk.takeBack("w", "eth0");
        guest.desk.takeBack("x", "eth0");
        now += Allocator.COOL_DOWN_MILLIS + 1;
        for (int i = 0; i < 4; i++) {
            guest.run();
            lender.run();
        }
        assertThat(view.blocks()).hasSize(2).allMatch(block -> cidr.contains(block.spec().cidr()));
    }

    @Test
    void borrowerThatIsGone_losesItsLoansWhenItsRightHasRunOut() throws Exception {
        guest.run();
        guest.add("x");
        guest.run();
        store.remove(Kind.NODE, "b", store.find(Kind.NODE, "b").orElseThrow().version());

        lender.run();
        now += OFFLINE.toMillis();
        lender.run();
        assertThat(borrowers()).containsValue("b");
        now += OFFLINE.toMillis() / 10;
        lender.run();
        lender.run();

        assertThat(borrowers()).doesNotContainValue("b");
        assertThat(block().allocations()).isEmpty();
    }

    @Test
    void borrowerThatIsBack_takesTheMarkAway() throws Exception {
        guest.run();
        store.remove(Kind.NODE, "b", store.find(Kind.NODE, "b").orElseThrow().version());
        lender.run();
        now += OFFLINE.toMillis();
        guest.run();

        now += OFFLINE.toMillis() / 5;
        lender.run();

        assertThat(borrowers()).containsValue("b");
    }

    @Test
    void blockOfANodeThatIsGone_isNotReleasedByHandWhileOthersHaveAddressesOfIt() throws Exception {
        guest.run();
        store.remove(Kind.NODE, "a", store.find(Kind.NODE, "a").orElseThrow().version());

        assertThatThrownBy(() -> HandRelease.fencedBlock(store, BLOCK))
                .isInstanceOf(AddressRefusedException.class)
                .hasMessageContaining("10.0.0.11 by node b");
    }

    @Test
    void blockOfANodeThatIsGone_isTakenOverByABorrower_whichKeepsWhatItHas() throws Exception {
        guest.run();
        InetAddress borrowed = guest.add("x");
        guest.run();
        store.remove(Kind.NODE, "a", store.find(Kind.NODE, "a").orElseThrow().version());

        guest.run();
        now += OFFLINE.toMillis();
        guest.run();
        assertThat(block().spec().state()).isEqualTo(IpBlockSpec.State.RECLAIMING);
        now += OFFLINE.toMillis() / 10;
        guest.run();
        guest.run();

        assertThat(block().spec().node()).isEqualTo("b");
        assertThat(block().spec().givenUp()).noneMatch(IpBlockSpec.GivenUp::isBorrowed);
        assertThat(guest.disk.read().blocks()).containsOnlyKeys(BLOCK);
        assertThat(guest.disk.read().given()).containsOnlyKeys(borrowed);
        assertThat(guest.add("y")).isNotEqualTo(borrowed);
        assertThat(guest.add("x")).isEqualTo(borrowed);
        assertThat(log).noneMatch(line -> line.contains("not lent to this node any more"));
        assertThat(log).anyMatch(line -> line.contains("took over block 10.0.0.0/28"));
    }

    @Test
    void blockOfANodeThatIsGone_isTakenOverByAThirdNode_whichLendsOn() throws Exception {
        guest.run();
        InetAddress borrowed = guest.add("x");
        guest.run();
        Host third = new Host("c");
        store.remove(Kind.NODE, "a", store.find(Kind.NODE, "a").orElseThrow().version());

        third.run();
        now += OFFLINE.toMillis() / 2;
        guest.add("z"); // a report in between changes nothing
        guest.keeper.run(one -> true);
        now += OFFLINE.toMillis() * 6 / 10;
        third.run();
        third.run();

        assertThat(block().spec().node()).isEqualTo("c");
        assertThat(borrowers()).containsEntry(borrowed.getHostAddress(), "b");
        guest.run();
        assertThat(guest.disk.read().blockOf(borrowed)).isPresent();
        for (int i = 0; i < 4; i++) {
            assertThat(third.add("c" + i)).isNotEqualTo(borrowed);
        }
        lender.run();
        assertThat(lender.disk.read().blocks()).doesNotContainKey(BLOCK);
    }

    /** Which nodes the pool is for: those with this label, which none has. */
    private void makePoolNobodys() throws Exception {
        Stored<IpPool> pool = store.find(Kind.IP_POOL, "pods").orElseThrow();
        IpPoolSpec spec = pool.object().spec();
        store.replace(
                Kind.IP_POOL,
                pool.object()
                        .withSpec(
                                new IpPoolSpec(
                                        spec.network(),
                                        spec.cidr(),
                                        spec.blockSize(),
                                        new LabelSelector(Map.of("rack", "none"), List.of()),
                                        spec.namespaceSelector(),
                                        spec.reservations(),
                                        spec.disabled(),
                                        spec.assignment(),
                                        spec.masquerade(),
                                        spec.noMasqueradeTo())),
                pool.version());
    }

    @Test
    void blockOfANodeThatIsGone_andThatNobodyMayTakeOver_staysUntilItsLoansAreGivenBack()
            throws Exception {
        guest.run();
        InetAddress borrowed = guest.add("x");
        guest.run();
        makePoolNobodys();
        store.remove(Kind.NODE, "a", store.find(Kind.NODE, "a").orElseThrow().version());

        guest.run();
        for (int i = 0; i < 5; i++) {
            now += OFFLINE.toMillis();
            guest.run();
        }

        assertThat(block().spec().node()).isEqualTo("a");
        assertThat(block().spec().state()).isEqualTo(IpBlockSpec.State.RECLAIMING);
        assertThat(borrowers()).containsEntry(borrowed.getHostAddress(), "b");
        assertThat(guest.add("x")).isEqualTo(borrowed);

        guest.desk.takeBack("x", "eth0");
        now += Allocator.COOL_DOWN_MILLIS + 1;
        for (int i = 0; i < 4; i++) {
            guest.run();
            now += OFFLINE.toMillis() / 2;
        }
        assertThat(store.find(Kind.IP_BLOCK, IpBlock.nameOf(BLOCK))).isEmpty();
        assertThat(log).anyMatch(line -> line.contains("gave block 10.0.0.0/28 back to pool"));
    }

    @Test
    void ledgerThatWasLost_isMadeAgainOfWhatTheStoreSays() throws Exception {
        guest.run();
        InetAddress borrowed = guest.add("x");
        guest.run();
        guest.disk.change(_ -> Ledger.of("boot"));
        lender.disk.change(_ -> Ledger.of("boot"));

        guest.run();
        lender.run();

        assertThat(guest.disk.read().given()).containsOnlyKeys(borrowed);
        assertThat(lender.disk.read().blockOf(borrowed).orElseThrow().givenUp()).contains(borrowed);
    }

    @Test
    void loansOfAnotherNetwork_areNotTakenUp() throws Exception {
        guest.run();
        guest.add("x");
        Host other = new Host("b", "other");

        other.run();

        assertThat(other.disk.read().blocks()).isEmpty();
        assertThat(borrowers()).containsValue("b");
    }

    @Test
    void podsJoinedByABridge_haveTheirOwnNodesBlocksOnly() throws Exception {
        network = network.withSpec(network.spec().withPodLink(PodLink.BRIDGE));
        lender.run();
        guest.run();

        assertThat(guest.disk.read().blocks()).isEmpty();
        assertThat(borrowers()).isEmpty();
        assertThat(view.pools().getFirst().status().message())
                .contains("assignment: borrow needs podLink: routed in Network default");
    }

    @Test
    void useAndAudit_countWhatIsBorrowed() throws Exception {
        guest.run();
        guest.add("x");
        guest.run();
        List<Node> nodes = List.of(Node.named("a"), Node.named("b"));

        IpamUse use = IpamUse.of("default", view.pools(), view.blocks(), nodes);

        assertThat(use.nodes())
                .containsExactly(
                        new IpamUse.Holder("a", true, 1, 10, 0, 0),
                        new IpamUse.Holder("b", true, 0, 3, 3, 1));
        assertThat(use.blocks()).extracting(IpamUse.Block::lent).containsExactly(3);
        for (Host host : List.of(lender, guest)) {
            String name = host == lender ? "a" : "b";
            assertThat(IpamAudit.ofNode(name, host.disk.read(), view.blocks(), one -> true))
                    .isEmpty();
        }
    }
}
