/**
 * Desired kernel state as immutable values, and what marks an object as ours.
 *
 * <p>A {@link dev.kakehashi.state.DesiredState} says what must exist in each network namespace:
 * links, addresses, routes, rules, neighbours, forwarding entries, sysctls. Making one is pure; the
 * engine in {@code dev.kakehashi.state.engine} observes kernels, computes the difference and
 * applies it.
 */
@NullMarked
package dev.kakehashi.state;

import org.jspecify.annotations.NullMarked;
