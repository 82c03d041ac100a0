/** The Linux kernel as Java sees it: system calls, namespaces, netlink, nftables. */
@NullMarked
package dev.kakehashi.linux;

import org.jspecify.annotations.NullMarked;
