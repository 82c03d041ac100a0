/** The chained plugin {@code tuning}: switches and attributes of an interface. */
@NullMarked
package dev.kakehashi.plugins.tuning;

import org.jspecify.annotations.NullMarked;
