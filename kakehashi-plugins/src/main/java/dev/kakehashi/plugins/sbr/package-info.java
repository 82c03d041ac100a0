/** The chained plugin {@code sbr}: source based routing. */
@NullMarked
package dev.kakehashi.plugins.sbr;

import org.jspecify.annotations.NullMarked;
