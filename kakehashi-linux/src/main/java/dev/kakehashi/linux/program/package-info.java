/** Programs of the host, where they are the only interface to what they change. */
@NullMarked
package dev.kakehashi.linux.program;

import org.jspecify.annotations.NullMarked;
