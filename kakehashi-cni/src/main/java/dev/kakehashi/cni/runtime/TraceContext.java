package dev.kakehashi.cni.runtime;

import java.util.Map;
import java.util.Optional;

/**
 * The span a call belongs to, in the forms of W3C Trace Context and W3C Baggage. Plugins get it in
 * the variables TRACEPARENT, TRACESTATE and BAGGAGE.
 */
public final class TraceContext {
    private static final int TRACE_ID_AT = 3;
    private static final int SPAN_ID_AT = 36;
    private static final int FLAGS_AT = 53;
    private static final int LENGTH = 55;

    private final String traceparent;
    private final String tracestate;
    private final String baggage;

    private TraceContext(String traceparent, String tracestate, String baggage) {
        this.traceparent = traceparent;
        this.tracestate = tracestate;
        this.baggage = baggage;
    }

    /**
     * A span.
     *
     * @param traceparent {@code 00-<trace id, 32 hex>-<span id, 16 hex>-<flags, 2 hex>}
     * @param tracestate the vendors' list; empty for none
     * @param baggage the list of baggage; empty for none
     * @return empty when {@code traceparent} is not valid: then nothing is traced
     */
    public static Optional<TraceContext> of(String traceparent, String tracestate, String baggage) {
        return isValid(traceparent)
                ? Optional.of(new TraceContext(traceparent, tracestate, baggage))
                : Optional.empty();
    }

    private static boolean isValid(String text) {
        return text.length() == LENGTH
                && text.startsWith("00-")
                && isId(text, TRACE_ID_AT, SPAN_ID_AT - 1)
                && text.charAt(SPAN_ID_AT - 1) == '-'
                && isId(text, SPAN_ID_AT, FLAGS_AT - 1)
                && text.charAt(FLAGS_AT - 1) == '-'
                && isHex(text, FLAGS_AT, LENGTH);
    }

    /** An id of zeros is none (W3C Trace Context, section 3.2.2). */
    private static boolean isId(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) != '0') {
                return isHex(text, from, to);
            }
        }
        return false;
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    void putInto(Map<String, String> environment) {
        environment.put("TRACEPARENT", traceparent);
        putUnlessEmpty(environment, "TRACESTATE", tracestate);
        putUnlessEmpty(environment, "BAGGAGE", baggage);
    }

    private static void putUnlessEmpty(Map<String, String> environment, String name, String value) {
        if (!value.isEmpty()) {
            environment.put(name, value);
        }
    }
}
