/** CNI plugins as examples of how to write one. */
@NullMarked
package dev.kakehashi.examples;

import org.jspecify.annotations.NullMarked;
