/** The plugin {@code loopback}. */
@NullMarked
package dev.kakehashi.plugins.loopback;

import org.jspecify.annotations.NullMarked;
