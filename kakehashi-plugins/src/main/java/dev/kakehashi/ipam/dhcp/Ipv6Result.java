package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.result.CniDns;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the network gives a container in IPv6. Routes are not in it: the kernel keeps those of the
 * routers, which change and end with what they advertise (RFC 4861, section 6.3.4).
 *
 * @param addresses with the length of their subnet
 * @param router the default router, if there is one
 * @param nameServers whom to ask for names
 * @param searchList where to look for short names
 */
record Ipv6Result(
        List<IpPrefix> addresses,
        Optional<InetAddress> router,
        List<InetAddress> nameServers,
        List<String> searchList) {

    private static final int HOST = 128;

    /** A lease: its prefix is the router's to tell, not the server's (RFC 5942). */
    static Ipv6Result of(Holding6 holding) {
        return new Ipv6Result(
                List.of(new IpPrefix(holding.address(), HOST)),
                holding.router(),
                holding.lease().nameServers(),
                holding.lease().searchList());
    }

    /** Behind what a result has already. */
    CniResult addTo(CniResult result) {
        List<CniIp> ips = new ArrayList<>(result.ips());
        for (IpPrefix address : addresses) {
            CniIp ip = CniIp.of(new Cidr(address.address(), address.length()));
            ips.add(router.isPresent() ? ip.withGateway(router.get()) : ip);
        }
        CniDns dns = result.dns();
        Set<String> servers = new LinkedHashSet<>(dns.nameservers());
        for (InetAddress server : nameServers) {
            servers.add(IpAddresses.format(server));
        }
        Set<String> search = new LinkedHashSet<>(dns.search());
        search.addAll(searchList);
        return result.withIps(ips)
                .withDns(
                        new CniDns(
                                List.copyOf(servers),
                                dns.domain(),
                                List.copyOf(search),
                                dns.options()));
    }
}
