package dev.kakehashi.plugins.bridge;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.CniRoute;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.plugins.attachment.ContainerSide;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Completes what address management answered by what the bridge knows of gateways. Pure. */
final class Gateways {

    private Gateways() {}

    /**
     * Gives each address the interface, and with {@code isGateway} a gateway if it has none: the
     * first address of its subnet. With {@code isDefaultGateway} each family gets a default route
     * over its first gateway, unless it has a default route already.
     *
     * @param index of the container's interface in the result
     */
    static CniResult complete(BridgeConfig config, CniResult fromIpam, int index) {
        List<CniIp> ips = new ArrayList<>(fromIpam.ips().size());
        List<CniRoute> routes = new ArrayList<>(fromIpam.routes());
        for (CniIp ip : fromIpam.ips()) {
            CniIp placed = ip.withInterface(index);
            if (placed.gateway().isEmpty() && config.gateway()) {
                placed = placed.withGateway(firstOf(ip.address()));
            }
            ips.add(placed);
            if (config.defaultGateway() && placed.gateway().isPresent()) {
                Cidr everywhere = everywhere(ip.address().isIpv4());
                if (routes.stream().noneMatch(route -> route.destination().equals(everywhere))) {
                    routes.add(CniRoute.via(everywhere, placed.gateway().get()));
                }
            }
        }
        return new CniResult(fromIpam.interfaces(), ips, routes, fromIpam.dns());
    }

    /** The gateways' addresses with the length of their subnets, each once. */
    static List<IpPrefix> of(List<CniIp> ips) {
        List<IpPrefix> gateways = new ArrayList<>(ips.size());
        for (CniIp ip : ips) {
            if (ip.gateway().isPresent()) {
                IpPrefix gateway = new IpPrefix(ip.gateway().get(), ip.address().prefixLength());
                if (!gateways.contains(gateway)) {
                    gateways.add(gateway);
                }
            }
        }
        return gateways;
    }

    private static InetAddress firstOf(Cidr subnet) {
        byte[] octets = ContainerSide.prefix(subnet).network().address().getAddress();
        for (int i = octets.length - 1; i >= 0; i--) {
            octets[i]++;
            if (octets[i] != 0) {
                break;
            }
        }
        return IpAddresses.of(octets);
    }

    private static Cidr everywhere(boolean v4) {
        return new Cidr(IpAddresses.of(new byte[v4 ? 4 : 16]), 0);
    }
}
