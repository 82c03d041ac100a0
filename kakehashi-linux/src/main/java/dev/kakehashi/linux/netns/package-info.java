/** Network namespaces as owned handles, entered on platform threads only. */
@NullMarked
package dev.kakehashi.linux.netns;

import org.jspecify.annotations.NullMarked;
