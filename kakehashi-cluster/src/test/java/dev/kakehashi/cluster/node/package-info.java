/** Tests of registration and subnets. */
@NullMarked
package dev.kakehashi.cluster.node;

import org.jspecify.annotations.NullMarked;
