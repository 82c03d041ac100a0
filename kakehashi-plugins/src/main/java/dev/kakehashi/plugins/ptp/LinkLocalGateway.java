package dev.kakehashi.plugins.ptp;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;

/**
 * The gateway of containers that have no subnet: the same address for each, that no interface has.
 * A permanent neighbour says that it is the host's end of the pair, so nobody is ever asked for it.
 * The IPv4 address is that of Calico and Coil, which people recognise.
 */
final class LinkLocalGateway {
    private static final InetAddress IPV4 = IpAddresses.parse("169.254.1.1");
    private static final InetAddress IPV6 = IpAddresses.parse("fe80::1");

    private LinkLocalGateway() {}

    static InetAddress of(boolean ipv4) {
        return ipv4 ? IPV4 : IPV6;
    }

    /** An address of a container, of its own length, behind this gateway. */
    static CniIp behind(CniIp ip, int interfaceIndex) {
        InetAddress address = ip.address().address();
        return CniIp.of(new Cidr(address, IpPrefix.host(address).length()))
                .withGateway(of(ip.address().isIpv4()))
                .withInterface(interfaceIndex);
    }
}
