package dev.kakehashi.plugins.attachment;

import dev.kakehashi.linux.MacAddress;

import java.util.random.RandomGenerator;

/**
 * The names and hardware addresses of a pair that is to be made. They are chosen before it is, so
 * that rules for them can be in place first, and so that the kernel counts the addresses as set and
 * udev's {@code MACAddressPolicy} leaves them alone.
 *
 * @param hostName the end on the host
 * @param hostMac its hardware address
 * @param containerName the end in the container
 * @param containerMac its hardware address
 */
public record Veth(
        String hostName, MacAddress hostMac, String containerName, MacAddress containerMac) {

    /** A random unicast address of the locally administered kind. */
    public static MacAddress randomMac(RandomGenerator random) {
        return MacAddress.of(random.nextLong() & 0xffff_ffff_ffffL).toLocalUnicast();
    }
}
