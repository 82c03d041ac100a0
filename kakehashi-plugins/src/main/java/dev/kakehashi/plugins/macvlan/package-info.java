/** The plugin {@code macvlan}. */
@NullMarked
package dev.kakehashi.plugins.macvlan;

import org.jspecify.annotations.NullMarked;
