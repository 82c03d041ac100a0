/** Tests of migration between carriers. */
@NullMarked
package dev.kakehashi.cluster.migration;

import org.jspecify.annotations.NullMarked;
