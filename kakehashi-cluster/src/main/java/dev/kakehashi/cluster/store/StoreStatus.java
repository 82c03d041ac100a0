package dev.kakehashi.cluster.store;

import java.time.Duration;

/**
 * How a store stands, as its client last saw it.
 *
 * @param reachable whether the last attempt to reach it succeeded
 * @param lastError why the last attempt that failed did; empty when none has
 * @param lag how long ago the store was last heard of: what watches have told is at least as new as
 *     that
 */
public record StoreStatus(boolean reachable, String lastError, Duration lag) {}
