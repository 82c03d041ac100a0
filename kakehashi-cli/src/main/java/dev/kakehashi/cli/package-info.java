/** The kakehashi command. */
@NullMarked
package dev.kakehashi.cli;

import org.jspecify.annotations.NullMarked;
