/** The node agent: follows the store and keeps the node's kernel as the network wants it. */
@NullMarked
package dev.kakehashi.agent.node;

import org.jspecify.annotations.NullMarked;
