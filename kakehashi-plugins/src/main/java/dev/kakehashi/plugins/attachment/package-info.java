/** What the plugins that make an interface for a container have in common. */
@NullMarked
package dev.kakehashi.plugins.attachment;

import org.jspecify.annotations.NullMarked;
