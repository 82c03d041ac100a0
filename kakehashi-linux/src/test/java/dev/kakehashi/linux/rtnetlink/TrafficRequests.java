package dev.kakehashi.linux.rtnetlink;

import static dev.kakehashi.linux.rtnetlink.Iproute2Case.P;
import static dev.kakehashi.linux.rtnetlink.Iproute2Case.Q;
import static dev.kakehashi.linux.rtnetlink.Iproute2Case.same;

import dev.kakehashi.linux.IpPrefix;

import java.util.List;
import java.util.Optional;

/** Requests about the control of traffic: {@code tc}. */
final class TrafficRequests {
    private static final int IFB = 12;

    /** Of struct tc_tbf_qopt: rate, no peak rate, limit, time of the burst, MTU. */
    private static final String SLOW =
            "40420f00" + "000000000000000000000000" + "30750000" + "5a620200" + "00000000";

    /** The same less the last two; the rate is in TCA_TBF_RATE64. */
    private static final String FAST = "ffffffff" + "000000000000000000000000" + "30750000";

    static final List<Iproute2Case> ALL =
            List.of(
                    same(
                            "tc qdisc add dev p root handle 1: tbf rate 8mbit burst 10000 limit"
                                    + " 30000",
                            Qdiscs.add(Qdisc.root(P, new QdiscKind.Tbf(1_000_000, 10_000, 30_000))),
                            // struct tc_ratespec: cell_log and cell_align are for the rate table.
                            "-2/1 03010000ffff0000" + SLOW,
                            "+2/1 0001000000000000" + SLOW),
                    same("tc qdisc add dev p clsact", Qdiscs.add(Qdisc.clsact(P))),
                    same("tc qdisc add dev q ingress", Qdiscs.add(Qdisc.ingress(Q))),
                    same(
                            "tc qdisc replace dev q root handle 1: tbf rate 80gbit burst 10000 limit"
                                    + " 30000",
                            Qdiscs.replace(
                                    Qdisc.root(
                                            Q, new QdiscKind.Tbf(10_000_000_000L, 10_000, 30_000))),
                            // iproute2 counts the time of the burst at the 32 bits of the rate;
                            // it is TCA_TBF_BURST that counts (tbf_change of
                            // net/sched/sch_tbf.c).
                            "-2/1 03010000ffff0000" + FAST + "1f00000000000000",
                            "+2/1 0001000000000000" + FAST + "1000000000000000"),
                    same(
                            "tc filter add dev p ingress protocol all prio 1 u32 match u32 0 0"
                                    + " action mirred egress redirect dev ifb7",
                            Filters.add(
                                    Filter.of(
                                            P,
                                            Filter.INGRESS,
                                            1,
                                            new FilterKind.MatchAll(
                                                    FilterKind.Mirred.redirectTo(IFB))))),
                    same(
                            "tc filter add dev p egress protocol ip prio 2 u32 match ip dst"
                                    + " 10.8.0.0/13 flowid 0:0",
                            Filters.add(
                                    Filter.of(
                                            P,
                                            Filter.EGRESS,
                                            2,
                                            new FilterKind.MatchSubnet(
                                                    IpPrefix.parse("10.8.0.0/13"),
                                                    false,
                                                    Optional.empty()))),
                            "-2/1 00000000"), // TCA_U32_CLASSID of flowid 0:0: none
                    same(
                            "tc filter add dev p egress protocol ipv6 prio 3 u32 match ip6 src"
                                    + " 2001:db8:1:2::/62 action mirred egress mirror dev ifb7",
                            Filters.add(
                                    Filter.of(
                                            P,
                                            Filter.EGRESS,
                                            3,
                                            new FilterKind.MatchSubnet(
                                                    IpPrefix.parse("2001:db8:1:2::/62"),
                                                    true,
                                                    Optional.of(
                                                            new FilterKind.Mirred(IFB, false)))))),
                    same(
                            "tc filter delete dev p egress protocol ip prio 2 u32",
                            Filters.delete(
                                    new Filter(
                                            P,
                                            Filter.EGRESS,
                                            2,
                                            Filter.IPV4,
                                            0,
                                            new FilterKind.Other("u32")))),
                    same("tc qdisc delete dev p clsact", Qdiscs.delete(Qdisc.clsact(P))));

    private TrafficRequests() {}
}
