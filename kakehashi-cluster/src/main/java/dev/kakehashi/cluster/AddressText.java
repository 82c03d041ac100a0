package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Consumer;

/** Addresses and networks as people write them in objects. Pure. */
final class AddressText {
    private AddressText() {}

    /**
     * An address without a prefix length.
     *
     * @param problem told what is wrong when it is none
     */
    static Optional<InetAddress> address(String text, Consumer<String> problem) {
        try {
            InetAddress address = IpAddresses.parse(text);
            if (!isMapped(text, address instanceof Inet4Address)) {
                return Optional.of(address);
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        problem.accept("'" + text + "' is not an address such as 192.0.2.1 or 2001:db8::1");
        return Optional.empty();
    }

    /**
     * A network such as {@code 10.244.0.0/16}: host bits must be zero.
     *
     * @param problem told what is wrong when it is none
     */
    static Optional<IpPrefix> network(String text, Consumer<String> problem) {
        try {
            IpPrefix prefix = IpPrefix.parse(text);
            if (text.indexOf('/') < 0) {
                problem.accept("'" + text + "' has no prefix length; write for example " + prefix);
            } else if (isMapped(text, prefix.isIpv4())) {
                problem.accept("'" + text + "' is IPv4 written as IPv6; write " + prefix);
            } else if (!prefix.isNetwork()) {
                problem.accept(
                        "'" + text + "' has host bits set; the network is " + prefix.network());
            } else {
                return Optional.of(prefix);
            }
        } catch (IllegalArgumentException e) {
            problem.accept(
                    "'" + text + "' is not a network such as 10.244.0.0/16 or fd00:10:244::/56");
        }
        return Optional.empty();
    }

    /** IPv4 written as IPv6 (RFC 4291, section 2.5.5.2), which Kubernetes takes for neither. */
    private static boolean isMapped(String text, boolean ipv4) {
        return ipv4 && text.indexOf(':') >= 0;
    }
}
