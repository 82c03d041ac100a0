/** All plugins of this module together. */
@NullMarked
package dev.kakehashi.plugins.builtin;

import org.jspecify.annotations.NullMarked;
