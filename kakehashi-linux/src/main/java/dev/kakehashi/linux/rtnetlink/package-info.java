/** Routing netlink: typed messages. */
@NullMarked
package dev.kakehashi.linux.rtnetlink;

import org.jspecify.annotations.NullMarked;
