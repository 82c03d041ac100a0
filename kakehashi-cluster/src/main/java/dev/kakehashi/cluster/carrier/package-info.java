/**
 * Carriers: what a node must have in its kernel to reach the pods of the other nodes. Pure
 * functions.
 */
@NullMarked
package dev.kakehashi.cluster.carrier;

import org.jspecify.annotations.NullMarked;
