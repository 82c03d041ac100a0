package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netlink.MalformedMessageException;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * Prefixes as the kernel's messages have them: address and length apart, family given, default
 * routes without address.
 */
final class Prefixes {
    private Prefixes() {}

    /** The prefix of an address that a message of {@code family} holds. */
    static IpPrefix of(InetAddress address, int family, int length)
            throws MalformedMessageException {
        boolean v4 = address instanceof Inet4Address;
        if (v4 != (family == Rtm.AF_INET) || length > (v4 ? 32 : 128)) {
            throw new MalformedMessageException(
                    IpAddresses.format(address)
                            + "/"
                            + length
                            + " in a message of address family "
                            + family);
        }
        return new IpPrefix(address, length);
    }

    /** 0.0.0.0/0 or ::/0. */
    static IpPrefix all(int family) {
        return new IpPrefix(IpAddresses.of(new byte[family == Rtm.AF_INET ? 4 : 16]), 0);
    }

    static int family(InetAddress address) {
        return address instanceof Inet4Address ? Rtm.AF_INET : Rtm.AF_INET6;
    }
}
