package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.AllocationHandle;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolSpec;
import dev.kakehashi.cluster.IpPoolStatus;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Counting use, finding what does not fit, giving back by hand. */
class IpamAuditTest {
    private static final IpPrefix BLOCK = IpPrefix.parse("10.0.0.0/28");
    private static final List<Node> NODES = List.of(Node.named("a"));
    private static final InstantSource CLOCK = () -> Instant.ofEpochMilli(100);

    @TempDir Path state;

    private static IpPool pool() {
        IpPoolSpec spec =
                IpPoolSpec.of(IpPrefix.parse("10.0.0.0/24"))
                        .withBlockSize(28)
                        .withReservations(List.of(IpPrefix.parse("10.0.0.2/32")));
        return IpPool.of("p", spec).withStatus(IpPoolStatus.active(spec.cidr(), 28));
    }

    private static IpBlock block(String cidr, String node, Allocation... used) {
        return IpBlock.of(
                        new IpBlockSpec(
                                IpPrefix.parse(cidr),
                                "p",
                                "default",
                                node,
                                IpBlockSpec.State.CONFIRMED,
                                1,
                                "",
                                List.of()))
                .withAllocations(List.of(used));
    }

    private static Allocation allocation(String address, String container) {
        return new Allocation(
                InetAddress.ofLiteral(address),
                new AllocationHandle(container, "eth0", 1),
                "a",
                Map.of(),
                Instant.EPOCH);
    }

    private static Ledger ledger(Allocation... given) {
        return Ledger.of("boot")
                .with(HeldBlock.own(BLOCK, "p", 1000))
                .withGiven(List.of(given).stream().map(one -> new Given(one, 1)).toList());
    }

    private static List<String> problems(List<IpamAudit.Finding> findings) {
        return findings.stream().map(f -> f.object() + " " + f.problem()).toList();
    }

    @Test
    void use_isCountedByPoolNodeAndBlock() {
        IpamUse use =
                IpamUse.of(
                        "default",
                        List.of(pool()),
                        List.of(
                                block("10.0.0.16/28", "gone"),
                                block("10.0.0.0/28", "a", allocation("10.0.0.3", "x"))),
                        NODES);

        // Of 16 addresses three are the link's; one of the first block is reserved.
        assertThat(use.pools())
                .containsExactly(
                        new IpamUse.Pool("p", IpPrefix.parse("10.0.0.0/24"), "Active", 2, 25, 1));
        assertThat(use.nodes())
                .containsExactly(
                        new IpamUse.Holder("a", true, 1, 12, 0, 1),
                        new IpamUse.Holder("gone", false, 1, 13, 0, 0));
        assertThat(use.blocks())
                .extracting(IpamUse.Block::cidr)
                .containsExactly(BLOCK, IpPrefix.parse("10.0.0.16/28"));
        assertThat(IpamUse.of("other", List.of(pool()), List.of(), NODES).pools()).isEmpty();
    }

    @Test
    void soundStore_hasNoFindings() {
        assertThat(
                        IpamAudit.ofStore(
                                "default",
                                List.of(pool()),
                                List.of(
                                        block("10.0.0.0/28", "a", allocation("10.0.0.3", "x")),
                                        block("10.0.0.16/28", "a")),
                                NODES))
                .isEmpty();
    }

    @Test
    void whatDoesNotFitInTheStore_isNamed() {
        List<IpamAudit.Finding> findings =
                IpamAudit.ofStore(
                        "default",
                        List.of(),
                        List.of(
                                block("10.0.0.0/28", "a", allocation("10.0.0.3", "x")),
                                block("10.0.0.0/29", "gone", allocation("10.0.0.3", "y"))),
                        NODES);

        assertThat(problems(findings))
                .anyMatch(p -> p.contains("overlaps block 10.0.0.0/2"))
                .anyMatch(p -> p.startsWith("10.0.0.0/29 is held by node gone"))
                .anyMatch(p -> p.startsWith("10.0.0.0/28 is of IPPool p, which is gone"))
                .anyMatch(p -> p.startsWith("10.0.0.3 is in use by"));
    }

    @Test
    void blockOfAPoolThatWasMadeAgain_isNamed() {
        assertThat(
                        problems(
                                IpamAudit.ofStore(
                                        "default",
                                        List.of(pool()),
                                        List.of(block("10.0.7.0/28", "a")),
                                        NODES)))
                .containsExactly(
                        "10.0.7.0/28 is not in 10.0.0.0/24 of IPPool p, which was made again");
    }

    @Test
    void soundNode_hasNoFindings() {
        Allocation one = allocation("10.0.0.3", "x");

        assertThat(
                        IpamAudit.ofNode(
                                "a",
                                ledger(one),
                                List.of(block("10.0.0.0/28", "a", one)),
                                any -> true))
                .isEmpty();
    }

    @Test
    void whatDoesNotFitOnANode_isNamed() {
        Allocation leaked = allocation("10.0.0.3", "x");
        Allocation stale = allocation("10.0.0.4", "y");

        assertThat(
                        problems(
                                IpamAudit.ofNode(
                                        "a",
                                        ledger(leaked),
                                        List.of(
                                                block("10.0.0.0/28", "a", stale),
                                                block("10.0.0.16/28", "a")),
                                        any -> false)))
                .containsExactlyInAnyOrder(
                        "10.0.0.16/28 is node a's in the store and not in its ledger",
                        "10.0.0.3 is in use by x/eth0/1, of which the kernel has nothing",
                        "10.0.0.3 is in use by x/eth0/1, and the store does not know it",
                        "10.0.0.4 is reported to be in use by y/eth0/1 and was taken back");
        assertThat(problems(IpamAudit.ofNode("a", ledger(), List.of(), any -> true)))
                .containsExactly(
                        "10.0.0.0/28 is in the ledger of node a and not its own in the store");
    }

    @Test
    void addressOfALivingAttachment_isNotReleased() throws Exception {
        LedgerDisk disk = LedgerFile.of(state, "default", "boot");
        disk.change(ledger -> ledger(allocation("10.0.0.3", "x")));
        InetAddress address = InetAddress.ofLiteral("10.0.0.3");

        assertThatThrownBy(() -> HandRelease.address(disk, address, any -> true, CLOCK))
                .isInstanceOf(AddressRefusedException.class)
                .hasMessageContaining("x/eth0/1, which may live");
        assertThat(disk.read().given()).containsKey(address);

        assertThat(HandRelease.address(disk, address, any -> false, CLOCK)).isEqualTo("x/eth0/1");
        assertThat(disk.read().given()).isEmpty();
        assertThatThrownBy(() -> HandRelease.address(disk, address, any -> false, CLOCK))
                .hasMessageContaining("is not in use on this node");
    }

    @Test
    void fencedBlock_isReleasedOnlyWithoutItsNode() throws Exception {
        MemoryStore store = new MemoryStore(false);
        var _ = store.create(Kind.NODE, Node.named("a"));
        var _ = store.create(Kind.IP_BLOCK, block("10.0.0.0/28", "a"));
        var _ = store.create(Kind.IP_BLOCK, block("10.0.0.16/28", "gone"));

        assertThatThrownBy(() -> HandRelease.fencedBlock(store, BLOCK))
                .isInstanceOf(AddressRefusedException.class)
                .hasMessageContaining("held by node a, whose Node is there");
        assertThat(HandRelease.fencedBlock(store, IpPrefix.parse("10.0.0.16/28")))
                .isEqualTo("gone");
        assertThat(store.find(Kind.IP_BLOCK, "10-0-0-16-28")).isEmpty();
        assertThat(store.find(Kind.IP_BLOCK, "10-0-0-0-28")).isPresent();
    }
}
