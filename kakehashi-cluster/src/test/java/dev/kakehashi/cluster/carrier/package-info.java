/** Tests of the carriers. */
@NullMarked
package dev.kakehashi.cluster.carrier;

import org.jspecify.annotations.NullMarked;
