/** The plugin {@code dummy}. */
@NullMarked
package dev.kakehashi.plugins.dummy;

import org.jspecify.annotations.NullMarked;
