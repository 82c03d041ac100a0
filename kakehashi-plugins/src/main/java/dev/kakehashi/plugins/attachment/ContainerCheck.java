package dev.kakehashi.plugins.attachment;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.CniRoute;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.NextHop;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Compares a container with the result of its ADD, in the reference plugins' words. What later
 * plugins of a chain may have added is no difference, nor is a default route that one of them has
 * led elsewhere, nor are routes of the interface that one of them has put into another table
 * ({@code sbr}, {@code vrf}).
 */
public final class ContainerCheck {

    private final RtNetlink netlink;
    private final String ifName;

    private ContainerCheck(RtNetlink netlink, String ifName) {
        this.netlink = netlink;
        this.ifName = ifName;
    }

    /**
     * Checks of one interface.
     *
     * @param netlink in the container's namespace; lent
     */
    public static ContainerCheck of(RtNetlink netlink, String ifName) {
        return new ContainerCheck(netlink, ifName);
    }

    /**
     * The result's entry for the container's interface.
     *
     * @param netns CNI_NETNS of the call
     * @throws CniException when there is none in that namespace
     */
    public static CniInterface entry(CniResult result, String ifName, String netns)
            throws CniException {
        String other = "";
        for (CniInterface entry : result.interfaces()) {
            if (entry.name().equals(ifName) && entry.sandbox().equals(netns)) {
                return entry;
            }
            if (entry.name().equals(ifName)) {
                other = entry.sandbox();
            }
        }
        throw failed(
                "Sandbox in prevResult " + other + " doesn't match configured netns: " + netns);
    }

    /** The addresses that the result places on this interface. */
    public static List<CniIp> ips(CniResult result, String ifName) {
        return result.ips().stream()
                .filter(ip ->
                        ip.interfaceIndex().isEmpty()
                                || isNamed(result, ip.interfaceIndex().getAsInt(), ifName))
                .toList();
    }

    private static boolean isNamed(CniResult result, int index, String ifName) {
        return index >= 0
                && index < result.interfaces().size()
                && result.interfaces().get(index).name().equals(ifName);
    }

    /** The interface itself; empty when there is none. */
    public Optional<Link> link() throws IOException {
        return netlink.link(ifName);
    }

    /**
     * Verifies addresses, each with some route to its subnet.
     *
     * @throws CniException naming the first that is missing
     */
    public void addresses(Link link, List<CniIp> expected) throws CniException, IOException {
        List<Address> present = netlink.addresses(link.index());
        List<Route> routes = expected.isEmpty() ? List.of() : netlink.routes();
        for (CniIp ip : expected) {
            IpPrefix prefix = ContainerSide.prefix(ip.address());
            if (present.stream().noneMatch(address -> address.prefix().equals(prefix))) {
                throw failed("Failed to match addr " + prefix + " on interface " + ifName);
            }
            boolean reached =
                    prefix.length() == prefix.bits()
                            || routes.stream()
                                    .anyMatch(route ->
                                            route.destination().equals(prefix.network())
                                                    && isLookedAt(route, link.index()));
            if (!reached) {
                throw failed(
                        "Failed to find Gateway "
                                + ip.gateway().map(IpText::format).orElse("<nil>")
                                + " for interface "
                                + ifName);
            }
        }
    }

    /**
     * Verifies routes: the destination, and but for default routes the gateway; metric and table
     * where the result names them, else the main table or any that has it for this interface.
     *
     * @throws CniException naming the first that is missing
     */
    public void routes(List<CniRoute> expected) throws CniException, IOException {
        if (expected.isEmpty()) {
            return;
        }
        List<Route> present = netlink.routes();
        int index = link().map(Link::index).orElse(0);
        for (CniRoute route : expected) {
            if (present.stream().noneMatch(found -> matches(route, found, index))) {
                throw failed(
                        "Expected Route {Dst:"
                                + route.destination()
                                + " GW:"
                                + route.gateway().map(IpText::format).orElse("<nil>")
                                + "} not found in routing table");
            }
        }
    }

    /** In the main table, or in one that packets are led to by a rule or by the interface's VRF. */
    private static boolean isLookedAt(Route route, int index) {
        return route.table() == Route.MAIN
                || (route.table() != Route.LOCAL
                        && route.nextHops().stream().anyMatch(hop -> hop.link() == index));
    }

    private static boolean matches(CniRoute expected, Route found, int index) {
        IpPrefix destination = ContainerSide.prefix(expected.destination()).network();
        int table = expected.table().orElse(0);
        if (!found.destination().equals(destination)
                || !(table == 0 ? isLookedAt(found, index) : found.table() == table)
                || (expected.priority() != 0 && found.priority() != expected.priority())) {
            return false;
        }
        Optional<InetAddress> gateway = expected.gateway();
        return gateway.isEmpty()
                || destination.length() == 0
                || found.nextHops().stream().map(NextHop::gateway).anyMatch(gateway::equals);
    }

    /** A failure of CHECK. */
    public static CniException failed(String msg) {
        return new CniException(CniException.INTERNAL, msg);
    }
}
