package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Ifb;
import dev.kakehashi.linux.rtnetlink.QdiscKind;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.Qdisc;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Limits as the bandwidth plugin sets them, on our links and on those of others. */
@KernelTest
@RequiresFeature({"tbf", "ingress", "clsact", "u32-mirred", "ifb"})
class TrafficControlStateTest {
    private static final QdiscKind SLOW = new QdiscKind.Tbf(125_000, 16_384, 32_768);
    private static final QdiscKind FAST = new QdiscKind.Tbf(1_250_000, 16_384, 65_536);

    private Site site;

    @BeforeEach
    void open() throws Exception {
        site = Site.create();
    }

    @AfterEach
    void close() {
        site.close();
    }

    private static DesiredState limits(String device, QdiscKind kind, Qdisc filters) {
        return DesiredState.builder()
                .host(
                        Link.create("bw0", new Ifb()).owner("bandwidth").up(true).build(),
                        Link.veth("v0", LinkRef.host("v1")).owner("pod").up(true).build(),
                        Link.veth("v1", LinkRef.host("v0")).owner("pod").up(true).build(),
                        Filter.redirect(device, 1, "bw0"),
                        filters,
                        Qdisc.root(device, kind),
                        Qdisc.root("bw0", kind))
                .build();
    }

    private void assertComesAndGoes(DesiredState first, DesiredState second) throws Exception {
        site.apply(first);
        site.assertAsWanted(first);
        site.assertNothingToDo(first);
        site.reconcile(second, first);
        site.assertAsWanted(second);
        site.remove(second);
        site.assertAsFound();
    }

    @Test
    void limitsOfOurLink_comeChangeAndGo() throws Exception {
        assertComesAndGoes(
                limits("v0", SLOW, Qdisc.ingress("v0")), limits("v0", FAST, Qdisc.ingress("v0")));
    }

    @Test
    void otherPlaceForFilters_takesTheFilterAlong() throws Exception {
        assertComesAndGoes(
                limits("v0", SLOW, Qdisc.ingress("v0")), limits("v0", SLOW, Qdisc.clsact("v0")));
    }

    @Test
    void limitsOfALinkOfOthers_comeAndGo_byARecord() throws Exception {
        DesiredState limits = limits("ext0", SLOW, Qdisc.clsact("ext0"));
        assertComesAndGoes(limits, limits);
    }

    /** An apply that takes it that nothing is there finds out, and makes no filter twice. */
    @Test
    void whatIsThereAlready_isKept() throws Exception {
        DesiredState pair =
                DesiredState.builder()
                        .host(
                                Link.veth("v0", LinkRef.host("v1")).owner("pod").up(true).build(),
                                Link.veth("v1", LinkRef.host("v0")).owner("pod").up(true).build())
                        .build();
        DesiredState slow = limits("v0", SLOW, Qdisc.ingress("v0")).minus(pair);
        DesiredState fast = limits("v0", FAST, Qdisc.ingress("v0")).minus(pair);
        DesiredState link =
                DesiredState.builder()
                        .host(Link.create("bw0", new Ifb()).owner("bandwidth").up(true).build())
                        .build();
        site.apply(pair);
        site.apply(slow);
        site.apply(slow);
        site.assertNothingToDo(slow);
        site.remove(link); // what is on the pair is in the way of the next
        site.apply(fast);
        site.assertAsWanted(fast);
        site.assertNothingToDo(fast);
        site.remove(fast);
        site.remove(pair);
        site.assertAsFound();
    }

    /** Who is optimistic makes no record of what others have just as it is wanted. */
    @Test
    void limitOfOthers_stays() throws Exception {
        site.close();
        site =
                Site.create(
                        "tc qdisc add dev ext0 root handle 1: tbf rate 1000000bit burst 16384b limit"
                                + " 32768b");
        DesiredState limits = limits("ext0", SLOW, Qdisc.ingress("ext0"));
        site.apply(limits);
        site.remove(limits);
        site.assertAsFound();
    }

    private static DesiredState selection(Filter... filters) {
        return DesiredState.builder()
                .add(limits("v0", SLOW, Qdisc.clsact("v0")).minus(redirect()))
                .host(filters)
                .build();
    }

    private static DesiredState redirect() {
        return DesiredState.builder().host(Filter.redirect("v0", 1, "bw0")).build();
    }

    @Test
    void filtersOfSubnets_comeChangeAndGo() throws Exception {
        List<IpPrefix> subnets = new ArrayList<>();
        for (int length = 0; length <= 32; length += 4) {
            subnets.add(IpPrefix.parse("10.77.201.99/" + length));
        }
        for (int length = 0; length <= 128; length += 8) {
            subnets.add(IpPrefix.parse("2001:db8:aaaa:5555:1:2:3:ffff/" + length));
        }
        List<Filter> some = new ArrayList<>();
        List<Filter> others = new ArrayList<>();
        for (Filter.Direction direction : Filter.Direction.values()) {
            int priority = 1;
            for (IpPrefix subnet : subnets) {
                some.add(Filter.redirect("v0", direction, priority, subnet, "bw0"));
                others.add(Filter.pass("v0", direction, priority++, subnet));
            }
            others.add(Filter.redirect("v0", direction, priority, "bw0"));
        }
        assertComesAndGoes(
                selection(some.toArray(Filter[]::new)), selection(others.toArray(Filter[]::new)));
    }

    @Test
    void plan_printsAsCommandsOfTc() throws Exception {
        assertThat(site.engine().plan(limits("v0", SLOW, Qdisc.ingress("v0"))).toString())
                .contains(
                        "tc qdisc add dev v0 ingress\n",
                        "tc qdisc add dev v0 root handle 1: tbf rate 1000000bit burst 16384b limit"
                                + " 32768b\n",
                        "tc filter add dev v0 ingress prio 1 u32 match u32 0 0 action mirred egress"
                                + " redirect dev bw0\n");
    }
}
