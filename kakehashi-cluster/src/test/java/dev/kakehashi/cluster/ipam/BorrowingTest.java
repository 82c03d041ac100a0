package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.AssignmentMode;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolSpec;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.PodLink;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/** What is given up, borrowed, used and given back. */
class BorrowingTest extends LenderAndGuest {
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
        changePool(spec -> spec.withAssignment(AssignmentMode.STRICT));

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

    @Test
    void poolOfThatNameThatWasAnotherNetworks_lendsNothing() throws Exception {
        IpBlock before = block();
        changePool(spec -> spec.withNetwork("other"));

        new Host("b", "other").run();

        assertThat(block()).isEqualTo(before);
    }
}
