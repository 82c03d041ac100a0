/** Tests of the program itself. */
@NullMarked
package dev.kakehashi.agent;

import org.jspecify.annotations.NullMarked;
