/** DEL and GC of the plugins that join a container to its host by a veth pair. */
@NullMarked
package dev.kakehashi.plugins.cleanup;

import org.jspecify.annotations.NullMarked;
