/** What this kernel can do, found out by doing it in a namespace that is thrown away. */
@NullMarked
package dev.kakehashi.linux.probe;

import org.jspecify.annotations.NullMarked;
