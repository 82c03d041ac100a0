package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.Payload;

/** {@code struct tc_tbf_qopt} and {@code TCA_TBF_*} of linux/pkt_sched.h. */
final class TbfCodec {
    private static final int TCA_TBF_PARMS = 1;
    private static final int TCA_TBF_RATE64 = 4;
    private static final int TCA_TBF_BURST = 6;

    /** The kernel's unit of time in this interface (PSCHED_SHIFT of net/pkt_sched.h). */
    private static final long TICK_NANOS = 64;

    private static final long NANOS = 1_000_000_000L;
    private static final long MAX_RATE32 = 0xffff_ffffL;
    private static final int TC_LINKLAYER_ETHERNET = 1;

    // Offsets in struct tc_tbf_qopt: two struct tc_ratespec, then limit, buffer, mtu.
    private static final int RATE = 8;
    private static final int LIMIT = 24;
    private static final int BUFFER = 28;

    private TbfCodec() {}

    static void write(MessageWriter writer, QdiscKind.Tbf tbf) {
        boolean wide = tbf.rate() > MAX_RATE32;
        int parms = writer.beginUnmarked(TCA_TBF_PARMS);
        // struct tc_ratespec: the link layer is named so that the kernel wants no rate table.
        writer.u8(0).u8(TC_LINKLAYER_ETHERNET).u16(0).u16(0).u16(0);
        writer.u32((int) (wide ? MAX_RATE32 : tbf.rate()));
        writer.zeros(12);
        writer.u32((int) tbf.limit());
        writer.u32((int) Math.min(MAX_RATE32, ticks(tbf.rate(), tbf.burst())));
        writer.u32(0);
        writer.end(parms);
        if (wide) {
            writer.u64(TCA_TBF_RATE64, tbf.rate());
        }
        writer.u32(TCA_TBF_BURST, (int) tbf.burst());
    }

    static QdiscKind.Tbf decode(Attributes options) throws MalformedMessageException {
        long rate = 0;
        long limit = 0;
        long ticks = 0;
        long wide = 0;
        while (options.next()) {
            Attribute a = options.attribute();
            switch (a.type()) {
                case TCA_TBF_PARMS -> {
                    Payload parms = a.payload();
                    rate = Integer.toUnsignedLong(parms.u32(RATE));
                    limit = Integer.toUnsignedLong(parms.u32(LIMIT));
                    ticks = Integer.toUnsignedLong(parms.u32(BUFFER));
                }
                case TCA_TBF_RATE64 -> wide = a.u64();
                default -> {}
            }
        }
        long bytesPerSecond = wide > 0 ? wide : rate;
        // In floating point: rate times time does not fit into 64 bits for every rate.
        double burst = (double) bytesPerSecond * ticks * TICK_NANOS / NANOS;
        if (bytesPerSecond < 1 || limit < 1 || burst > MAX_RATE32) {
            throw new MalformedMessageException(
                    "tbf of rate " + bytesPerSecond + ", burst " + burst + ", limit " + limit);
        }
        return new QdiscKind.Tbf(bytesPerSecond, Math.max(1, Math.round(burst)), limit);
    }

    /**
     * Whether two bursts are the same to the kernel, which shows 32 bits of their time, rounded.
     */
    static boolean sameBurst(long rate, long one, long other) {
        long difference = (ticks(rate, one) - ticks(rate, other)) & MAX_RATE32;
        long slack = 2 + ticks(rate, 1);
        return difference <= slack || difference >= MAX_RATE32 - slack;
    }

    private static long ticks(long rate, long burst) {
        return Math.round((double) burst * NANOS / rate / TICK_NANOS);
    }
}
