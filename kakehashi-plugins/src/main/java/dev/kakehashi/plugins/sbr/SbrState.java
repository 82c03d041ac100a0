package dev.kakehashi.plugins.sbr;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.linux.rtnetlink.Scope;
import dev.kakehashi.plugins.attachment.ContainerSide;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.PolicyRule;
import dev.kakehashi.state.PolicyRuleBuilder;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.RouteBuilder;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code sbr} wants of a container: for each address a rule that its packets look into a table
 * of their own, with the routes of its interface. Pure.
 *
 * @param wanted rules and routes
 * @param retired the routes of the interface that the main table loses
 */
record SbrState(DesiredState wanted, List<dev.kakehashi.linux.rtnetlink.Route> retired) {

    private static final int FIRST_TABLE = 100;
    private static final IpPrefix LINK_LOCAL = IpPrefix.parse("fe80::/10");
    private static final IpPrefix DEFAULT_V4 = IpPrefix.parse("0.0.0.0/0");
    private static final IpPrefix DEFAULT_V6 = IpPrefix.parse("::/0");

    /** What to make and what to remove. */
    static SbrState compile(SbrConfig config, String ifName, List<CniIp> ips, Observed observed) {
        return new Compiler(config, ifName, observed).compile(ips);
    }

    private static final class Compiler {
        private final SbrConfig config;
        private final String ifName;
        private final Observed observed;
        private final List<dev.kakehashi.linux.rtnetlink.Route> own;
        private final DesiredState.Builder state = DesiredState.builder();
        private final Map<Route.Key, Route> hints = new LinkedHashMap<>();
        private int priority4;
        private int priority6;

        Compiler(SbrConfig config, String ifName, Observed observed) {
            this.config = config;
            this.ifName = ifName;
            this.observed = observed;
            this.own = observed.ofInterface();
            this.priority4 = observed.priority(true);
            this.priority6 = observed.priority(false);
        }

        SbrState compile(List<CniIp> ips) {
            if (config.table().isPresent()) {
                for (CniIp ip : ips) {
                    rule(ip.address(), config.table().getAsInt());
                }
                return new SbrState(state.build(), List.of());
            }
            int table = FIRST_TABLE - 1;
            for (CniIp ip : ips) {
                table = freeAfter(table);
                rule(ip.address(), table);
                for (Route route : routes(ip, table)) {
                    state.container(route);
                }
                if (config.sourceHints() && !hasSubnetRoute(ip.address())) {
                    Route subnet = subnet(ip.address());
                    hints.putIfAbsent(subnet.key(), subnet);
                }
            }
            hints.values().forEach(state::container);
            return new SbrState(state.build(), retired(ips));
        }

        private int freeAfter(int table) {
            int next = table + 1;
            while (!SbrConfig.isOrdinary(next) || observed.uses(next)) {
                next++;
            }
            return next;
        }

        private void rule(Cidr address, int table) {
            boolean v4 = address.isIpv4();
            PolicyRuleBuilder rule =
                    v4 ? PolicyRule.ipv4(priority4, table) : PolicyRule.ipv6(priority6, table);
            state.container(rule.from(IpPrefix.host(address.address())).build());
            if (v4) {
                priority4 = Math.max(1, priority4 - 1);
            } else {
                priority6 = Math.max(1, priority6 - 1);
            }
        }

        /** The default route and copies of those that the address is concerned in. */
        private Iterable<Route> routes(CniIp ip, int table) {
            boolean v4 = ip.address().isIpv4();
            Map<Route.Key, Route> routes = new LinkedHashMap<>();
            // A router may be reached only by another route: those without one come first.
            List<Route> routed = new ArrayList<>();
            Optional<InetAddress> gateway = config.gateway(v4).or(ip::gateway);
            if (gateway.isPresent()) {
                NextHop hop = NextHop.via(gateway.get(), ifName);
                routed.add(Route.to(v4 ? DEFAULT_V4 : DEFAULT_V6, hop).table(table).build());
            }
            for (dev.kakehashi.linux.rtnetlink.Route found : own) {
                if (found.destination().isIpv4() == v4 && concerns(found, ip.address())) {
                    Route copy = copy(found, ip.address(), table);
                    if (copy.nextHops().getFirst().via().isEmpty()) {
                        routes.put(copy.key(), copy);
                    } else if (!isDefault(copy) || config.gateway(v4).isEmpty()) {
                        routed.add(copy);
                    }
                }
            }
            routed.forEach(route -> routes.put(route.key(), route));
            return routes.values();
        }

        private static boolean isDefault(Route route) {
            return route.destination().length() == 0;
        }

        /** Of the subnet by source or gateway, or of the link without either. */
        private static boolean concerns(dev.kakehashi.linux.rtnetlink.Route route, Cidr address) {
            IpPrefix subnet = ContainerSide.prefix(address).network();
            return route.source().filter(subnet::contains).isPresent()
                    || route.nextHops().stream().anyMatch(hop -> isIn(hop, subnet))
                    || (route.source().isEmpty() && isDirect(route));
        }

        private static boolean isIn(dev.kakehashi.linux.rtnetlink.NextHop hop, IpPrefix subnet) {
            return hop.gateway().filter(subnet::contains).isPresent();
        }

        private static boolean isDirect(dev.kakehashi.linux.rtnetlink.Route route) {
            return route.nextHops().stream().allMatch(hop -> hop.gateway().isEmpty());
        }

        /** Of several next hops those in the address's subnet, if there are such. */
        private Route copy(dev.kakehashi.linux.rtnetlink.Route found, Cidr address, int table) {
            IpPrefix subnet = ContainerSide.prefix(address).network();
            boolean some = found.nextHops().stream().anyMatch(hop -> isIn(hop, subnet));
            List<NextHop> copied = new ArrayList<>();
            for (var hop : found.nextHops()) {
                if (!some || isIn(hop, subnet)) {
                    copied.add(
                            new NextHop(
                                    hop.gateway(),
                                    Optional.of(ifName),
                                    hop.weight(),
                                    hop.isOnlink()));
                }
            }
            RouteBuilder route =
                    Route.to(found.destination(), copied).table(table).metric(found.priority());
            found.scope().ifPresent(route::scope);
            found.source().ifPresent(route::source);
            found.mtu().ifPresent(route::mtu);
            found.advMss().ifPresent(route::advMss);
            return route.build();
        }

        /** The kernel makes one with each address, with that as source. */
        private boolean hasSubnetRoute(Cidr address) {
            IpPrefix subnet = ContainerSide.prefix(address).network();
            for (dev.kakehashi.linux.rtnetlink.Route route : own) {
                if (route.destination().equals(subnet) && isDirect(route)) {
                    return true;
                }
            }
            return false;
        }

        /** The route to the subnet itself, with the address as source. */
        private Route subnet(Cidr address) {
            return Route.to(ContainerSide.prefix(address).network(), NextHop.dev(ifName))
                    .scope(Scope.LINK)
                    .source(address.address())
                    .build();
        }

        /**
         * All routes of the interface in the main table but those to link-local addresses, without
         * which there is no neighbour discovery; with source hints only those by a router.
         */
        private List<dev.kakehashi.linux.rtnetlink.Route> retired(List<CniIp> ips) {
            List<dev.kakehashi.linux.rtnetlink.Route> retired = new ArrayList<>();
            for (dev.kakehashi.linux.rtnetlink.Route route : own) {
                boolean stays =
                        route.type() != RouteType.UNICAST
                                || LINK_LOCAL.contains(route.destination().address())
                                || (config.sourceHints()
                                        && isDirect(route)
                                        && isOfSubnet(route, ips));
                if (!stays) {
                    retired.add(route);
                }
            }
            return retired;
        }

        private static boolean isOfSubnet(
                dev.kakehashi.linux.rtnetlink.Route route, List<CniIp> ips) {
            for (CniIp ip : ips) {
                if (ContainerSide.prefix(ip.address()).network().equals(route.destination())) {
                    return true;
                }
            }
            return false;
        }
    }
}
