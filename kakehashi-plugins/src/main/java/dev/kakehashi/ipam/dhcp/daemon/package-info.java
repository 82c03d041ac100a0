/** {@code dhcp daemon}: the plugin as a program that stays, for hosts that start one. */
@NullMarked
package dev.kakehashi.ipam.dhcp.daemon;

import org.jspecify.annotations.NullMarked;
