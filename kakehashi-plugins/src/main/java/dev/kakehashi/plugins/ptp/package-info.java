/** The plugin {@code ptp}. */
@NullMarked
package dev.kakehashi.plugins.ptp;

import org.jspecify.annotations.NullMarked;
