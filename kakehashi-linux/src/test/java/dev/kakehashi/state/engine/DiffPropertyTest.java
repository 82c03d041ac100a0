package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Ifb;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Route;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.random.RandomGenerator;

/** The difference, carried out by a model of the kernel, gives what is desired. */
class DiffPropertyTest {
    private static final int PAIRS = 400;

    private static ModelKernel scenery() {
        ModelKernel kernel = new ModelKernel();
        NamespaceId host = NamespaceId.HOST;
        for (NamespaceId namespace : List.of(host, NamespaceId.CONTAINER)) {
            kernel.add(namespace, "lo", "", Link.existing("lo").up(true).build());
        }
        kernel.add(
                host, Scenery.UNDERLAY, "veth", Link.existing(Scenery.UNDERLAY).up(true).build());
        kernel.add(
                host,
                Scenery.SHARED_BRIDGE,
                "bridge",
                Link.share(Scenery.SHARED_BRIDGE, Bridge.plain()).up(true).build());
        kernel.add(
                host,
                Scenery.TO_BE_MOVED,
                "ifb",
                Link.share(Scenery.TO_BE_MOVED, new Ifb()).build());
        kernel.add(
                host,
                new NftChain(Scenery.SHARED_TABLE, Scenery.SHARED_CHAIN, List.of(), Relation.OWNED),
                Mark.FOREIGN);
        kernel.add(
                host,
                Route.to(
                                IpPrefix.parse("203.0.113.0/24"),
                                NextHop.via(IpAddresses.parse("192.0.2.9"), Scenery.UNDERLAY))
                        .build(),
                Mark.FOREIGN);
        kernel.add(
                host,
                new NftChain(
                        Scenery.SHARED_TABLE, Chain.regular("others"), List.of(), Relation.OWNED),
                Mark.FOREIGN);
        return kernel;
    }

    @Test
    void planCarriedOut_fromAnyStateToAnyOther_leavesNothingToDo_andForeignThingsAlone() {
        RandomGenerator random = Seeds.random();
        for (int i = 0; i < PAIRS; i++) {
            long[] seeds = GeneratedState.seeds(random);
            DesiredState first = GeneratedState.of(seeds);
            DesiredState second = GeneratedState.of(GeneratedState.vary(seeds, random));
            ModelKernel kernel = scenery();
            String foreign = kernel.foreign();
            carryOut(kernel, first, DesiredState.EMPTY);
            carryOut(kernel, second, first);
            carryOut(kernel, DesiredState.EMPTY, second);
            assertThat(kernel.foreign()).isEqualTo(foreign);
        }
    }

    private static void carryOut(ModelKernel kernel, DesiredState desired, DesiredState unwanted) {
        Plan plan = Diff.between(desired, unwanted, kernel.observe());
        assertThat(plan.conflicts()).isEmpty();
        try {
            plan.steps().forEach(kernel::execute);
        } catch (IllegalStateException e) {
            throw new AssertionError(e.getMessage() + " in the plan:\n" + plan, e);
        }
        Plan rest = Diff.between(desired, unwanted, kernel.observe());
        assertThat(rest.steps()).as("what is left to do after:%n%s%nis:%n%s", plan, rest).isEmpty();
    }
}
