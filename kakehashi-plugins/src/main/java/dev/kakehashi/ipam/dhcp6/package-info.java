/**
 * IPv6 addresses from the network: router advertisements (RFC 4861, RFC 8106) and DHCPv6 (RFC
 * 8415), as messages, as exchanges without clock and network, and as sockets.
 */
@NullMarked
package dev.kakehashi.ipam.dhcp6;

import org.jspecify.annotations.NullMarked;
