/** Taking over a node from another provider, and giving it back. */
@NullMarked
package dev.kakehashi.agent.adopt;

import org.jspecify.annotations.NullMarked;
