/** Netlink: the wire format, the socket, dumps, batches and errors (RFC 3549, linux/netlink.h). */
@NullMarked
package dev.kakehashi.linux.netlink;

import org.jspecify.annotations.NullMarked;
