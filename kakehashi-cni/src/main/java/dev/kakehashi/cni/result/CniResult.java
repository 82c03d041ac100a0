package dev.kakehashi.cni.result;

import java.util.List;

/**
 * The result of ADD in the words of CNI 1.1.0, whatever version it was read from or will be written
 * in; {@link ResultCodec} does both.
 *
 * @param interfaces the interfaces made or used, host side ones too
 * @param ips the addresses
 * @param routes the routes
 * @param dns the resolver's settings
 */
public record CniResult(
        List<CniInterface> interfaces, List<CniIp> ips, List<CniRoute> routes, CniDns dns) {
    /** The result that tells nothing. */
    public static final CniResult EMPTY =
            new CniResult(List.of(), List.of(), List.of(), CniDns.EMPTY);

    /** Copies the lists unless they are immutable already. */
    public CniResult {
        interfaces = List.copyOf(interfaces);
        ips = List.copyOf(ips);
        routes = List.copyOf(routes);
    }

    /** The same with other interfaces. */
    public CniResult withInterfaces(List<CniInterface> newInterfaces) {
        return new CniResult(newInterfaces, ips, routes, dns);
    }

    /** The same with other addresses. */
    public CniResult withIps(List<CniIp> newIps) {
        return new CniResult(interfaces, newIps, routes, dns);
    }

    /** The same with other routes. */
    public CniResult withRoutes(List<CniRoute> newRoutes) {
        return new CniResult(interfaces, ips, newRoutes, dns);
    }

    /** The same with another resolver. */
    public CniResult withDns(CniDns newDns) {
        return new CniResult(interfaces, ips, routes, newDns);
    }
}
