@NullMarked
package dev.kakehashi.linux.program;

import org.jspecify.annotations.NullMarked;
