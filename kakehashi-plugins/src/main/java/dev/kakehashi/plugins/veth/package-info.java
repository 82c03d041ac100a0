/** The frame of the plugins that join a container to its host by a veth pair. */
@NullMarked
package dev.kakehashi.plugins.veth;

import org.jspecify.annotations.NullMarked;
