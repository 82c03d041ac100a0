/** The plugin {@code portmap}: publishes ports of containers on their host. */
@NullMarked
package dev.kakehashi.plugins.portmap;

import org.jspecify.annotations.NullMarked;
