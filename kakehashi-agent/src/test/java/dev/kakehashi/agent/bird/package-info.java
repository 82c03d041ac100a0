/** Tests of what BIRD says. */
@NullMarked
package dev.kakehashi.agent.bird;

import org.jspecify.annotations.NullMarked;
