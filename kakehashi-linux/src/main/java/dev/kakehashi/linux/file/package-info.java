/** Files that survive a crash. */
@NullMarked
package dev.kakehashi.linux.file;

import org.jspecify.annotations.NullMarked;
