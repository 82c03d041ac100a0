/**
 * The IPAM plugin {@code dhcp}: addresses from the servers of the network, kept as long as the
 * container lives (RFC 2131, RFC 2132).
 */
@NullMarked
package dev.kakehashi.ipam.dhcp;

import org.jspecify.annotations.NullMarked;
