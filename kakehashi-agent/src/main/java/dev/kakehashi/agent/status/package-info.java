/** What a person and a monitor see of an agent: its status, its health, its numbers. */
@NullMarked
package dev.kakehashi.agent.status;

import org.jspecify.annotations.NullMarked;
