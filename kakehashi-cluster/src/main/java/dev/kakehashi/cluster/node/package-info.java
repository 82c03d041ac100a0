/** A node's place in the cluster: its subnets, and what it tells the others about itself. */
@NullMarked
package dev.kakehashi.cluster.node;

import org.jspecify.annotations.NullMarked;
