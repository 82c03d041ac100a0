/**
 * Routing netlink as typed messages: links, addresses, routes, rules, neighbours, forwarding
 * databases, VLANs of bridge ports, traffic control, namespace ids (rtnetlink(7),
 * linux/rtnetlink.h).
 *
 * <p>Values are records. Classes in the plural make requests of them ({@code Routes.add(route)});
 * {@link dev.kakehashi.linux.rtnetlink.RtNetlink} sends requests of any kind together and reads
 * lists.
 */
@NullMarked
package dev.kakehashi.linux.rtnetlink;

import org.jspecify.annotations.NullMarked;
