package dev.kakehashi.plugins.bandwidth;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.linux.rtnetlink.QdiscKind;

import java.util.Optional;

/**
 * The limit of one direction.
 *
 * @param rate bits a second
 * @param burst bits that may pass at once
 */
record Limit(long rate, long burst) {

    private static final int BITS = 8;
    private static final long MAX_BYTES = 0xffff_ffffL;

    /** How long a packet may wait, as the reference plugin has it. */
    private static final long LATENCY_MICROS = 25_000;

    private static final long MICROS = 1_000_000;

    /**
     * Reads a limit; empty when none is asked for.
     *
     * @param direction {@code ingress} or {@code egress}
     * @throws CniException code 7, with the reference plugin's texts
     */
    static Optional<Limit> parse(JsonObject json, String direction) throws CniException {
        long rate = json.integer(direction + "Rate").orElse(0);
        long burst = json.integer(direction + "Burst").orElse(0);
        if (rate < 0 || burst < 0) {
            throw invalid(direction + "Rate and " + direction + "Burst cannot be negative");
        }
        if (burst == 0 && rate != 0) {
            throw invalid("if rate is set, burst must also be set");
        }
        if (rate == 0 && burst != 0) {
            throw invalid("if burst is set, rate must also be set");
        }
        if (burst / BITS >= MAX_BYTES) {
            throw invalid("burst cannot be more than 4GB");
        }
        if (rate == 0) {
            return Optional.empty();
        }
        if (rate < BITS) {
            throw invalid("invalid rate: " + rate + " (" + direction + "Rate is less than a byte)");
        }
        if (burst < BITS) {
            throw invalid(
                    "invalid burst: " + burst + " (" + direction + "Burst is less than a byte)");
        }
        return Optional.of(new Limit(rate, burst));
    }

    private static CniException invalid(String text) {
        return new CniException(CniException.INVALID_CONFIG, text);
    }

    /** The token bucket that keeps it: the burst and 25 milliseconds of the rate may wait. */
    QdiscKind.Tbf bucket() {
        long bytesPerSecond = rate / BITS;
        long bytes = burst / BITS;
        double waiting = (double) bytesPerSecond * LATENCY_MICROS / MICROS;
        long limit = waiting + bytes >= MAX_BYTES ? MAX_BYTES : (long) waiting + bytes;
        return new QdiscKind.Tbf(bytesPerSecond, bytes, limit);
    }
}
