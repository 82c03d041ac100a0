package dev.kakehashi.linux;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** {@code <net/if.h>}: questions about a device that the kernel answers without its lock of all. */
public final class SysNetDevice {
    // linux/sockios.h, linux/if.h, linux/if_arp.h
    private static final int SIOCGIFHWADDR = 0x8927;
    private static final int IFNAMSIZ = 16;
    private static final int IFREQ = 40;
    private static final int SA_DATA = IFNAMSIZ + 2;
    private static final int ARPHRD_ETHER = 1;
    private static final int ETH_ALEN = 6;

    private SysNetDevice() {}

    /**
     * The hardware address of an Ethernet device, as it is now, in the namespace of a socket of any
     * kind. Netlink says it too, but waits for rtnl_lock() and tells all else of the device: for
     * one that is surely there, since the kernel looks for a module by a name it does not know
     * (dev_load(), net/core/dev_ioctl.c). Equivalent to: {@code ifconfig $name}.
     *
     * @return empty when there is no such device, or one of another kind
     */
    public static Optional<MacAddress> mac(Fd socket, String name) throws LinuxException {
        byte[] octets = name.getBytes(StandardCharsets.UTF_8);
        if (octets.length >= IFNAMSIZ) {
            return Optional.empty();
        }
        try (Memory memory = Memory.open()) {
            Struct request = memory.struct(IFREQ);
            request.clear().putBytes(0, octets, 0, octets.length);
            int _ = SysIoctl.ioctl(socket, SIOCGIFHWADDR, request, "SIOCGIFHWADDR " + name);
            if (request.getShort(IFNAMSIZ) != ARPHRD_ETHER) {
                return Optional.empty();
            }
            byte[] address = new byte[ETH_ALEN];
            request.getBytes(SA_DATA, address, 0, ETH_ALEN);
            return Optional.of(MacAddress.of(address));
        } catch (LinuxException e) {
            if (e.is(Errno.ENODEV)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
