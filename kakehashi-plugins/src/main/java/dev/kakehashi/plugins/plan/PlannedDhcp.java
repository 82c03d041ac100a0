package dev.kakehashi.plugins.plan;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniDns;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.CniRoute;
import dev.kakehashi.linux.IpAddresses;

import java.net.InetAddress;
import java.util.List;

/**
 * In the place of {@code dhcp}, whose answer only the network's server knows: an address, a router
 * and a default route of the network for documentation (RFC 5737).
 */
final class PlannedDhcp implements Plugin {

    private static final InetAddress ADDRESS = IpAddresses.parse("192.0.2.2");
    private static final InetAddress ROUTER = IpAddresses.parse("192.0.2.1");
    private static final int PREFIX_LENGTH = 24;

    @Override
    public String name() {
        return "dhcp";
    }

    @Override
    public CniResult add(PluginRequest request) {
        return new CniResult(
                List.of(),
                List.of(CniIp.of(new Cidr(ADDRESS, PREFIX_LENGTH)).withGateway(ROUTER)),
                List.of(CniRoute.via(new Cidr(IpAddresses.parse("0.0.0.0"), 0), ROUTER)),
                CniDns.EMPTY);
    }

    @Override
    public void del(PluginRequest request) {
        // Nothing was asked for.
    }

    @Override
    public void check(PluginRequest request) {
        // Nothing is there to look at.
    }

    @Override
    public void gc(PluginRequest request) {
        // Nothing was asked for.
    }

    @Override
    public void status(PluginRequest request) {
        // It is always there.
    }
}
