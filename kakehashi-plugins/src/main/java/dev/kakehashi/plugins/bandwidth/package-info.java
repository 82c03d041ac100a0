/** The chained plugin {@code bandwidth}: limits the rate of a container's interface. */
@NullMarked
package dev.kakehashi.plugins.bandwidth;

import org.jspecify.annotations.NullMarked;
