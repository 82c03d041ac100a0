/** The chained plugin {@code vrf}: puts an interface into a virtual routing domain. */
@NullMarked
package dev.kakehashi.plugins.vrf;

import org.jspecify.annotations.NullMarked;
