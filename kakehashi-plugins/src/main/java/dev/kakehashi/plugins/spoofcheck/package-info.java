/** Dropping frames with another source address than the container's. */
@NullMarked
package dev.kakehashi.plugins.spoofcheck;

import org.jspecify.annotations.NullMarked;
