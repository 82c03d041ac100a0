/** WireGuard devices: keys, and what linux/wireguard.h says of devices and peers. */
@NullMarked
package dev.kakehashi.linux.wireguard;

import org.jspecify.annotations.NullMarked;
