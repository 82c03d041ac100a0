/** How a CNI call reaches the agent: docs/attach-protocol.md. */
@NullMarked
package dev.kakehashi.agent.attach;

import org.jspecify.annotations.NullMarked;
