/** The plugin {@code vlan}. */
@NullMarked
package dev.kakehashi.plugins.vlan;

import org.jspecify.annotations.NullMarked;
