/** Packets that are sent below the IP stack: announcements of addresses by ARP and NDP. */
@NullMarked
package dev.kakehashi.linux.packet;

import org.jspecify.annotations.NullMarked;
