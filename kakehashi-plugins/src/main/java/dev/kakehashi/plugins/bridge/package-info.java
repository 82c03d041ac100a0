/** The plugin {@code bridge}. */
@NullMarked
package dev.kakehashi.plugins.bridge;

import org.jspecify.annotations.NullMarked;
