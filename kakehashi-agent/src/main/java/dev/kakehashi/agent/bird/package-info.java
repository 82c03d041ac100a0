/** BIRD beside the agent: its process, and what it says on its control socket. */
@NullMarked
package dev.kakehashi.agent.bird;

import org.jspecify.annotations.NullMarked;
