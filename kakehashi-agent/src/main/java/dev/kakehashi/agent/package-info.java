/** The node daemon. */
@NullMarked
package dev.kakehashi.agent;

import org.jspecify.annotations.NullMarked;
