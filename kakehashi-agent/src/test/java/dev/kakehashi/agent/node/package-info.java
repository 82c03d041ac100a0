/** Tests of the node agent. */
@NullMarked
package dev.kakehashi.agent.node;

import org.jspecify.annotations.NullMarked;
