/** Tests of the way from the front binary to a plugin. */
@NullMarked
package dev.kakehashi.agent.attach;

import org.jspecify.annotations.NullMarked;
