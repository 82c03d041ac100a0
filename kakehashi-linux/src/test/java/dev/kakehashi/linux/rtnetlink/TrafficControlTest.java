package dev.kakehashi.linux.rtnetlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

@KernelTest
class TrafficControlTest {
    @Test
    void tbf_ofManyRates_matchesWhatTheKernelKept(TestNamespaces namespaces) throws Exception {
        try (RtNetlink rt = RtNetlink.open(namespaces.create())) {
            rt.execute(Links.create(LinkSpec.builder("a", Veth.pair()).build()));
            int link = rt.link("a").orElseThrow().index();
            for (long rate :
                    new long[] {1_000, 125_000, 12_500_000, 1_250_000_000L, 12_500_000_000L}) {
                QdiscKind.Tbf wanted = new QdiscKind.Tbf(rate, 1 << 20, 2 << 20);
                rt.execute(Qdiscs.replace(Qdisc.root(link, wanted)));
                Qdisc seen = rt.qdiscs(link).getFirst();
                assertThat(wanted.matches(seen.kind())).as("%s seen as %s", wanted, seen).isTrue();
                assertThat(seen.parent()).isEqualTo(Qdisc.ROOT);
                assertThat(new QdiscKind.Tbf(rate + 1, 1 << 20, 2 << 20).matches(seen.kind()))
                        .isFalse();
            }
            rt.execute(Qdiscs.delete(Qdisc.root(link, new QdiscKind.Other("tbf"))));
            assertThat(rt.qdiscs(link)).noneMatch(q -> q.kind() instanceof QdiscKind.Tbf);
        }
    }

    @Test
    void redirect_onIngress_isSeenAndRemoved(TestNamespaces namespaces) throws Exception {
        try (RtNetlink rt = RtNetlink.open(namespaces.create())) {
            rt.execute(
                    Links.create(
                            LinkSpec.builder(
                                            "a",
                                            Veth.withPeer(LinkSpec.builder().name("b").build()))
                                    .build()));
            int a = rt.link("a").orElseThrow().index();
            int b = rt.link("b").orElseThrow().index();
            FilterKind kind = new FilterKind.MatchAll(FilterKind.Mirred.redirectTo(b));
            Filter filter = Filter.of(a, Qdisc.INGRESS_HANDLE, 1, kind);
            rt.execute(Qdiscs.add(Qdisc.ingress(a)), Filters.add(filter));
            assertThat(rt.filters(a, Qdisc.INGRESS_HANDLE))
                    .anySatisfy(f -> {
                        assertThat(f.kind()).isEqualTo(kind);
                        assertThat(f.priority()).isEqualTo(1);
                        assertThat(f.protocol()).isEqualTo(Filter.ALL);
                    });
            rt.execute(Filters.delete(filter));
            assertThat(rt.filters(a, Qdisc.INGRESS_HANDLE)).isEmpty();
            assertThatThrownBy(() -> rt.execute(Qdiscs.add(Qdisc.clsact(a))))
                    .hasMessageContaining("tc qdisc add dev #" + a + " clsact");
            rt.execute(Qdiscs.delete(Qdisc.ingress(a)), Qdiscs.add(Qdisc.clsact(a)));
            Filter egress = Filter.of(a, Filter.EGRESS, 7, kind);
            rt.execute(Filters.add(egress));
            assertThat(rt.filters(a, Filter.EGRESS)).anyMatch(f -> f.kind().equals(kind));
            assertThat(rt.filters(a, Filter.INGRESS)).isEmpty();
        }
    }
}
