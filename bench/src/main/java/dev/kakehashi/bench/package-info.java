/** Whole-process measurements, side by side with the peer in the same run. */
@NullMarked
package dev.kakehashi.bench;

import org.jspecify.annotations.NullMarked;
