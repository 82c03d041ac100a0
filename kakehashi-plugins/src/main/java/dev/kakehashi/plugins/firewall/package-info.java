/** The plugin {@code firewall}: lets a host's firewall admit its containers. */
@NullMarked
package dev.kakehashi.plugins.firewall;

import org.jspecify.annotations.NullMarked;
