package dev.kakehashi.agent.status;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where an agent tells monitors of itself.
 *
 * @param health where {@code /healthz} and {@code /readyz} are
 * @param metrics where {@code /metrics} is; may be the same place
 */
public record HttpAddresses(
        Optional<InetSocketAddress> health, Optional<InetSocketAddress> metrics) {
    /** Nowhere. */
    public static final HttpAddresses NONE = new HttpAddresses(Optional.empty(), Optional.empty());

    /**
     * Reads both; an empty text is nowhere.
     *
     * @throws IllegalArgumentException naming the option that is wrong
     */
    public static HttpAddresses of(String health, String metrics) {
        return new HttpAddresses(
                parse("--health-address", health), parse("--metrics-address", metrics));
    }

    private static Optional<InetSocketAddress> parse(String option, String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(ListenAddress.parse(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }

    /** Whether there is nothing to listen for. */
    public boolean isEmpty() {
        return health.isEmpty() && metrics.isEmpty();
    }
}
