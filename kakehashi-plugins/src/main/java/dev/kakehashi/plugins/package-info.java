/** The reference CNI plugins. */
@NullMarked
package dev.kakehashi.plugins;

import org.jspecify.annotations.NullMarked;
