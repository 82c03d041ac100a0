/**
 * Addresses of a cluster's own pools: blocks that nodes claim in the store, and the ledger on disk
 * out of which a node gives addresses without it.
 */
@NullMarked
package dev.kakehashi.cluster.ipam;

import org.jspecify.annotations.NullMarked;
