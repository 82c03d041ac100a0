package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.AssignmentMode;
import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolSpec;
import dev.kakehashi.cluster.IpPoolStatus;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.store.Notice;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What people read of pools that are not used as they are written. */
class PoolAdmissionTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Network NETWORK =
            Network.of("default", List.of(IpPrefix.parse("10.244.0.0/16")));

    private final MemoryStore store = new MemoryStore(false);
    private final PoolAdmission one = new PoolAdmission(store, "node-1", () -> NOW);
    private final PoolAdmission other = new PoolAdmission(store, "node-2", () -> NOW);

    private void create(String name, String cidr) throws StoreException {
        store.create(Kind.IP_POOL, IpPool.of(name, IpPoolSpec.of(IpPrefix.parse(cidr))));
    }

    private IpPool pool(String name) {
        return store.find(Kind.IP_POOL, name).map(Stored::object).orElseThrow();
    }

    private void change(String name, UnaryOperator<IpPoolSpec> change) throws StoreException {
        var _ = store.update(Kind.IP_POOL, name, p -> p.withSpec(change.apply(p.spec())));
    }

    /** Until nothing is left to be done, both nodes with the same stale view. */
    private void admit(String name) throws StoreException {
        for (int turn = 0; turn < 3; turn++) {
            IpPool seen = pool(name);
            one.look(seen, Optional.of(NETWORK));
            other.look(seen, Optional.of(NETWORK));
        }
    }

    private void assertSays(String name, String status, String reason, String message) {
        Condition ready = pool(name).status().conditions().getFirst();
        assertThat(ready).isEqualTo(new Condition("Ready", status, reason, message, NOW));
        assertThat(pool(name).status().message()).isEqualTo(message);
    }

    private static Notice notice(String name, String reason, String message) {
        return new Notice(Kind.IP_POOL, name, "node-1", reason, message);
    }

    @Test
    void overlappingPool_isRefused_andNamesTheOther_andPeopleAreToldOnce() throws Exception {
        create("first", "10.244.0.0/17");
        admit("first");
        create("second", "10.244.64.0/18");
        admit("second");

        String why = "10.244.64.0/18 overlaps 10.244.0.0/17 of IPPool first";
        assertSays("first", "True", "Active", "");
        assertSays("second", "False", "Refused", why);
        assertThat(pool("second").status().phase()).isEqualTo(IpPoolStatus.Phase.REFUSED);
        assertThat(store.told).containsExactly(notice("second", "Refused", why));

        change("second", spec -> IpPoolSpec.of(IpPrefix.parse("10.244.128.0/17")));
        admit("second");
        assertSays("second", "True", "Active", "");
        assertThat(store.told).hasSize(1);
    }

    @Test
    void poolOutsideOfItsNetwork_isRefused() throws Exception {
        create("away", "10.9.0.0/16");
        admit("away");

        assertSays(
                "away",
                "False",
                "Refused",
                "10.9.0.0/16 is not in [10.244.0.0/16] of Network default");
    }

    @Test
    void blocksOfAnotherSize_areNamedWithTheirNode() throws Exception {
        IpPrefix cidr = IpPrefix.parse("10.244.0.0/28");
        store.create(
                Kind.IP_BLOCK,
                IpBlock.of(
                        new IpBlockSpec(
                                cidr,
                                "gone",
                                "default",
                                "node-7",
                                IpBlockSpec.State.CONFIRMED,
                                1,
                                "",
                                List.of())));
        create("pods", "10.244.0.0/16");
        admit("pods");

        assertSays(
                "pods",
                "False",
                "Refused",
                "block 10-244-0-0-28 of pool gone, held by node node-7, overlaps blocks /26 of"
                        + " 10.244.0.0/16");
    }

    @Test
    void changedBlockSizeAndRange_areNotInForce_andAreToldOnce() throws Exception {
        create("pods", "10.244.0.0/16");
        admit("pods");
        change("pods", spec -> spec.withBlockSize(28));
        admit("pods");

        String size = "spec.blockSize cannot be changed: 26 stays in force; make another IPPool";
        assertSays("pods", "True", "SpecNotInForce", size);
        assertThat(pool("pods").status().blockSize()).isEqualTo(26);

        change("pods", spec -> IpPoolSpec.of(IpPrefix.parse("10.244.0.0/17")));
        admit("pods");
        String range =
                "spec.cidr cannot be changed: 10.244.0.0/16 stays in force; make another IPPool";
        assertSays("pods", "True", "SpecNotInForce", range);
        assertThat(store.told)
                .containsExactly(
                        notice("pods", "SpecNotInForce", size),
                        notice("pods", "SpecNotInForce", range));
    }

    @Test
    void borrowingThroughABridge_isNotInForce() throws Exception {
        create("pods", "10.244.0.0/16");
        change("pods", spec -> spec.withAssignment(AssignmentMode.BORROW));
        admit("pods");

        assertSays(
                "pods",
                "True",
                "SpecNotInForce",
                "spec.assignment: borrow needs podLink: routed in Network default; blocks are used"
                        + " by their own nodes only");
    }

    @Test
    void disabledPool_isNotReady() throws Exception {
        create("pods", "10.244.0.0/16");
        admit("pods");
        change(
                "pods",
                spec ->
                        new IpPoolSpec(
                                spec.network(),
                                spec.cidr(),
                                spec.blockSize(),
                                spec.nodeSelector(),
                                spec.namespaceSelector(),
                                spec.reservations(),
                                true,
                                spec.assignment(),
                                spec.masquerade(),
                                spec.noMasqueradeTo()));
        admit("pods");

        Condition ready = pool("pods").status().conditions().getFirst();
        assertThat(ready.status()).isEqualTo("False");
        assertThat(ready.reason()).isEqualTo("Disabled");
        assertThat(store.told).isEmpty();
    }
}
