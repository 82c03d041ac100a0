/**
 * Keeps a desired state in being: a {@link dev.kakehashi.state.reconcile.Reconciler} listens to the
 * kernel, looks again and again, heals what departs, and tells what it found and did.
 */
@NullMarked
package dev.kakehashi.state.reconcile;

import org.jspecify.annotations.NullMarked;
