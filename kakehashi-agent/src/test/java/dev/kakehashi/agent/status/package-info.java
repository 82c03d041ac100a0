@NullMarked
package dev.kakehashi.agent.status;

import org.jspecify.annotations.NullMarked;
