/**
 * From one carrier to another under traffic: what nodes tell each other, and what each does next.
 * Pure, but for the effects that its callers bring.
 */
@NullMarked
package dev.kakehashi.cluster.migration;

import org.jspecify.annotations.NullMarked;
