package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniDns;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.CniRoute;
import dev.kakehashi.ipam.DomainNames;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What a lease means for a container. Pure. */
final class LeaseResult {

    private static final int V4 = 4;
    private static final int SCOPE_LINK = 253;
    private static final Cidr DEFAULT = new Cidr(DhcpMessage.NOBODY, 0);

    private LeaseResult() {}

    /**
     * The result.
     *
     * @param priority metric of the routes; 0 for none
     * @throws CniException when the lease does not say how long its subnet is
     */
    static CniResult of(Lease lease, int priority) throws CniException {
        CniIp ip = CniIp.of(new Cidr(lease.address(), lease.prefixLength()));
        Optional<InetAddress> router = lease.options().address(DhcpOptions.ROUTERS);
        List<CniRoute> routes = new ArrayList<>();
        for (CniRoute route : routes(lease.options(), router)) {
            routes.add(
                    new CniRoute(
                            route.destination(),
                            route.gateway(),
                            0,
                            0,
                            priority,
                            OptionalInt.empty(),
                            route.scope()));
        }
        return new CniResult(
                List.of(),
                List.of(router.isPresent() ? ip.withGateway(router.get()) : ip),
                routes,
                dns(lease.options()));
    }

    /** Classless routes replace all others (RFC 3442). */
    private static List<CniRoute> routes(DhcpOptions options, Optional<InetAddress> router) {
        if (options.has(DhcpOptions.CLASSLESS_ROUTES)) {
            return classless(options.find(DhcpOptions.CLASSLESS_ROUTES).orElseThrow());
        }
        List<CniRoute> routes = new ArrayList<>();
        List<InetAddress> pairs = options.addresses(DhcpOptions.STATIC_ROUTES);
        for (int i = 0; i + 1 < pairs.size(); i += 2) {
            routes.add(CniRoute.via(classful(pairs.get(i)), pairs.get(i + 1)));
        }
        router.ifPresent(gateway -> routes.add(CniRoute.via(DEFAULT, gateway)));
        return routes;
    }

    private static Cidr classful(InetAddress network) {
        int first = Byte.toUnsignedInt(network.getAddress()[0]);
        int length = first < 128 ? 8 : first < 192 ? 16 : first < 224 ? 24 : 32;
        return masked(network, length);
    }

    private static Cidr masked(InetAddress address, int length) {
        return new Cidr(new IpPrefix(address, length).network().address(), length);
    }

    /** A list that is cut off counts as far as it goes. */
    private static List<CniRoute> classless(byte[] value) {
        List<CniRoute> routes = new ArrayList<>();
        int at = 0;
        while (at < value.length) {
            int length = Byte.toUnsignedInt(value[at]);
            int octets = (length + 7) / 8;
            if (length > 32 || at + 1 + octets + V4 > value.length) {
                break;
            }
            byte[] network = Arrays.copyOf(Arrays.copyOfRange(value, at + 1, at + 1 + octets), V4);
            at += 1 + octets;
            InetAddress router = IpAddresses.of(Arrays.copyOfRange(value, at, at + V4));
            at += V4;
            CniRoute route = CniRoute.via(masked(IpAddresses.of(network), length), router);
            // A router of 0.0.0.0 is the link itself.
            routes.add(
                    router.equals(DhcpMessage.NOBODY)
                            ? new CniRoute(
                                    route.destination(),
                                    route.gateway(),
                                    0,
                                    0,
                                    0,
                                    OptionalInt.empty(),
                                    OptionalInt.of(SCOPE_LINK))
                            : route);
        }
        return routes;
    }

    private static CniDns dns(DhcpOptions options) {
        List<String> servers = new ArrayList<>();
        for (InetAddress server : options.addresses(DhcpOptions.NAME_SERVERS)) {
            servers.add(IpAddresses.format(server));
        }
        return new CniDns(
                servers,
                options.text(DhcpOptions.DOMAIN_NAME).orElse(""),
                options.find(DhcpOptions.DOMAIN_SEARCH).map(DomainNames::decode).orElse(List.of()),
                List.of());
    }
}
