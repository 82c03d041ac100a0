/**
 * The engine between desired state and kernels: observe, difference, ordered plan, apply, undo,
 * remove, watch.
 *
 * <p>One handler for each kind of resource knows how to compare it, to print it, to encode it and
 * to read it back; {@link dev.kakehashi.state.engine.Diff} and everything before it is pure.
 */
@NullMarked
package dev.kakehashi.state.engine;

import org.jspecify.annotations.NullMarked;
