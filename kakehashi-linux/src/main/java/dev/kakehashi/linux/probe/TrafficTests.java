package dev.kakehashi.linux.probe;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.packet.PacketSocket;
import dev.kakehashi.linux.rtnetlink.Filter;
import dev.kakehashi.linux.rtnetlink.FilterKind;
import dev.kakehashi.linux.rtnetlink.Filters;
import dev.kakehashi.linux.rtnetlink.Qdisc;
import dev.kakehashi.linux.rtnetlink.Qdiscs;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.util.function.IntFunction;

/** Tests with traffic control and packets. */
final class TrafficTests {
    private static final int LOOPBACK = 1;

    private TrafficTests() {}

    static FeatureTest qdisc(IntFunction<Qdisc> discipline) {
        return scratch -> {
            try (RtNetlink rt = RtNetlink.open(scratch)) {
                rt.execute(Qdiscs.add(discipline.apply(LOOPBACK)));
            }
        };
    }

    static void redirect(Netns scratch) throws IOException {
        FilterKind redirect = new FilterKind.MatchAll(FilterKind.Mirred.redirectTo(LOOPBACK));
        try (RtNetlink rt = RtNetlink.open(scratch)) {
            rt.execute(
                    Qdiscs.add(Qdisc.ingress(LOOPBACK)),
                    Filters.add(Filter.of(LOOPBACK, Qdisc.INGRESS_HANDLE, 1, redirect)));
        }
    }

    static void packetSocket(Netns scratch) throws IOException {
        PacketSocket.open(scratch).close();
    }
}
