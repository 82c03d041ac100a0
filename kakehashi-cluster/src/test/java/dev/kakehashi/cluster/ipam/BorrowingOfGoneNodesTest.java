package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPoolSpec;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.cluster.Node;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What becomes of loans when the Node of the borrower, or of the lender, is gone. */
class BorrowingOfGoneNodesTest extends LenderAndGuest {
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
        changePool(spec ->
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
                        spec.noMasqueradeTo()));
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

    /** One of another Network, which lets its nodes work offline for a tenth of the time. */
    private Host stranger() throws Exception {
        Duration offline = OFFLINE.dividedBy(10);
        var _ = store.create(Kind.NODE, Node.named("stranger"));
        return new Host(new IpamSettings("stranger", "other", 2, offline));
    }

    @Test
    void blockOfANodeThatIsGone_isNoConcernOfANodeOfAnotherNetwork() throws Exception {
        Host stranger = stranger();
        store.remove(Kind.NODE, "a", store.find(Kind.NODE, "a").orElseThrow().version());
        IpBlock before = block();

        for (int i = 0; i < 4; i++) {
            stranger.run();
            now += OFFLINE.toMillis() / 5;
        }

        assertThat(block()).isEqualTo(before);
        assertThat(lender.add("still with the right to")).isNotNull();
    }

    @Test
    void loanOfABorrowerThatIsGone_isNoConcernOfANodeOfAnotherNetwork() throws Exception {
        guest.run();
        Host stranger = stranger();
        store.remove(Kind.NODE, "b", store.find(Kind.NODE, "b").orElseThrow().version());
        IpBlock before = block();

        for (int i = 0; i < 4; i++) {
            stranger.run();
            now += OFFLINE.toMillis() / 5;
        }

        assertThat(block()).isEqualTo(before);
        assertThat(guest.add("still with the right to")).isNotNull();
    }
}
