/** The plugin {@code tap}. */
@NullMarked
package dev.kakehashi.plugins.tap;

import org.jspecify.annotations.NullMarked;
