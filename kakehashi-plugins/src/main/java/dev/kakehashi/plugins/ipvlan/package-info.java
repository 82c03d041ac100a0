/** The plugin {@code ipvlan}. */
@NullMarked
package dev.kakehashi.plugins.ipvlan;

import org.jspecify.annotations.NullMarked;
