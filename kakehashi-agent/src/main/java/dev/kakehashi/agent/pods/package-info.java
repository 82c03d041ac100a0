/** The network namespaces of pods, entered from outside. */
@NullMarked
package dev.kakehashi.agent.pods;

import org.jspecify.annotations.NullMarked;
