/** The carrier bgp: from the cluster's intent to the configuration of BIRD. Pure. */
@NullMarked
package dev.kakehashi.cluster.bgp;

import org.jspecify.annotations.NullMarked;
