/** Generic netlink: families of the kernel that are found by name (linux/genetlink.h). */
@NullMarked
package dev.kakehashi.linux.genetlink;

import org.jspecify.annotations.NullMarked;
