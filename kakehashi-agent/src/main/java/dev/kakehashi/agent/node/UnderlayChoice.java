package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netlink.NetlinkException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.NextHop;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Scope;
import dev.kakehashi.state.Ownership;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Chooses the interface by which other nodes are reached; pure, but for {@link #of}. */
final class UnderlayChoice {
    /** The main routing table (linux/rtnetlink.h, RT_TABLE_MAIN). */
    private static final int MAIN_TABLE = 254;

    private static final int UNUSABLE =
            Address.IFA_F_TENTATIVE
                    | Address.IFA_F_DADFAILED
                    | Address.IFA_F_DEPRECATED
                    | Address.IFA_F_SECONDARY;

    private final List<Link> links;
    private final List<Address> addresses;
    private final List<Route> routes;
    private final List<IpPrefix> pods;

    /**
     * What the kernel has; {@code pods} are the network's prefixes, whose addresses are none of the
     * underlay.
     */
    UnderlayChoice(
            List<Link> links, List<Address> addresses, List<Route> routes, List<IpPrefix> pods) {
        this.links = links;
        this.addresses = addresses;
        this.routes = routes;
        this.pods = pods;
    }

    /**
     * The interface of this kernel that is named, or found if none is.
     *
     * @param host the namespace that {@code kernel} is of
     * @throws NoUnderlayException when there is none
     */
    static Underlay of(
            Netns host, RtNetlink kernel, Network network, Optional<WantedUnderlay> wanted)
            throws IOException, NoUnderlayException {
        boolean anyOf = wanted.map(UnderlayChoice::leavesAChoice).orElse(true);
        UnderlayChoice choice =
                new UnderlayChoice(
                        kernel.links(),
                        kernel.addresses(),
                        anyOf ? kernel.defaultRoutes() : List.of(),
                        network.spec().cidrs());
        Underlay chosen = wanted.isPresent() ? choice.of(kernel, wanted.get()) : choice.found();
        return RouterAdvertisements.areHeard(host, chosen.device())
                ? chosen.hearingRouters()
                : chosen;
    }

    private static boolean leavesAChoice(WantedUnderlay wanted) {
        return wanted instanceof WantedUnderlay.Matching
                || wanted instanceof WantedUnderlay.Skipping;
    }

    private Underlay of(RtNetlink kernel, WantedUnderlay wanted)
            throws IOException, NoUnderlayException {
        return switch (wanted) {
            case WantedUnderlay.Named(String text) -> named(text);
            case WantedUnderlay.Matching(Pattern pattern) ->
                    among(link -> pattern.matcher(link.name()).find(), wanted);
            case WantedUnderlay.Skipping(Pattern pattern) ->
                    among(link -> !pattern.matcher(link.name()).find(), wanted);
            case WantedUnderlay.Reaching(InetAddress address) -> {
                try {
                    yield towards(address, Optional.of(kernel.lookup(address)));
                } catch (NetlinkException e) {
                    // ENETUNREACH, EHOSTUNREACH, or what a route of type prohibit or blackhole says
                    yield towards(address, Optional.empty());
                }
            }
        };
    }

    /**
     * The interface of a way to an address, and first the address that the kernel would send from.
     *
     * @throws NoUnderlayException when there is none
     */
    Underlay towards(InetAddress address, Optional<Route> way) throws NoUnderlayException {
        String wanted = new WantedUnderlay.Reaching(address).toString();
        if (way.isEmpty() || way.get().nextHops().isEmpty()) {
            throw new NoUnderlayException(
                    wanted + ": no route leads there; there are " + candidateNames());
        }
        if (way.get().type() != RouteType.UNICAST) {
            throw new NoUnderlayException(
                    wanted + " is not another host's address; there are " + candidateNames());
        }
        Link link =
                link(way.get().nextHops().getFirst().link())
                        .orElseThrow(() ->
                                new NoUnderlayException(
                                        wanted + ": the interface there has just gone"));
        return usable(link, way.get().source());
    }

    /**
     * The interface that {@code wanted} names, or that has the address or an address in the prefix.
     *
     * @throws NoUnderlayException when there is none
     */
    Underlay named(String wanted) throws NoUnderlayException {
        Optional<Link> byName =
                links.stream().filter(link -> link.name().equals(wanted)).findFirst();
        if (byName.isPresent()) {
            return usable(byName.get());
        }
        try {
            IpPrefix prefix = IpPrefix.parse(wanted).network();
            for (Address address : addresses) {
                Optional<Link> holder = link(address.link());
                if (prefix.contains(address.prefix().address()) && holder.isPresent()) {
                    return usable(holder.get(), Optional.of(address.prefix().address()));
                }
            }
        } catch (IllegalArgumentException e) {
            throw new NoUnderlayException(
                    "there is no interface " + wanted + "; there are " + candidateNames());
        }
        throw new NoUnderlayException(
                "no interface has an address in " + wanted + "; there are " + candidateNames());
    }

    /**
     * The interface of the default route, or the only one that could be meant.
     *
     * @throws NoUnderlayException when there is none, or several could be meant
     */
    Underlay found() throws NoUnderlayException {
        Optional<Link> usual = usual(_ -> true);
        if (usual.isPresent()) {
            return usable(usual.get());
        }
        throw new NoUnderlayException(
                candidates().isEmpty()
                        ? "no interface is up and has an address by which other nodes could be reached"
                        : "there is no default route and several interfaces could be meant, "
                                + candidateNames()
                                + ": name one by --underlay");
    }

    /**
     * The same among some interfaces.
     *
     * @param wanted which, as it was said
     * @throws NoUnderlayException when there is none among them, or several could be meant
     */
    Underlay among(Predicate<Link> some, WantedUnderlay wanted) throws NoUnderlayException {
        Optional<Link> usual = usual(some);
        if (usual.isPresent()) {
            return usable(usual.get());
        }
        List<Link> fitting = candidates().stream().filter(some).toList();
        throw new NoUnderlayException(
                fitting.isEmpty()
                        ? "no interface that is up and has an address is as "
                                + wanted
                                + " says; there are "
                                + candidateNames()
                        : "several interfaces are as "
                                + wanted
                                + " says, "
                                + names(fitting)
                                + ", and no default route is by one of them");
    }

    private Optional<Link> usual(Predicate<Link> some) {
        Optional<Link> byRoute =
                routes.stream()
                        .filter(route ->
                                route.table() == MAIN_TABLE && route.destination().length() == 0)
                        .filter(route -> !route.nextHops().isEmpty())
                        .sorted(
                                Comparator.comparing((Route route) -> !route.destination().isIpv4())
                                        .thenComparingInt(Route::priority))
                        .map(route -> route.nextHops().getFirst())
                        .map(NextHop::link)
                        .flatMap(index -> link(index).stream())
                        .filter(some)
                        .filter(link -> !addressesOf(link).isEmpty())
                        .findFirst();
        if (byRoute.isPresent()) {
            return byRoute;
        }
        List<Link> candidates = candidates().stream().filter(some).toList();
        return candidates.size() == 1 ? Optional.of(candidates.getFirst()) : Optional.empty();
    }

    private Underlay usable(Link link) throws NoUnderlayException {
        return usable(link, Optional.empty());
    }

    private Underlay usable(Link link, Optional<InetAddress> preferred) throws NoUnderlayException {
        if (!link.isUp()) {
            throw new NoUnderlayException("interface " + link.name() + " is down");
        }
        List<IpPrefix> usable = new ArrayList<>(addressesOf(link));
        usable.sort(
                Comparator.comparing(
                        prefix -> preferred.filter(prefix.address()::equals).isEmpty()));
        if (usable.isEmpty()) {
            throw new NoUnderlayException(
                    "interface "
                            + link.name()
                            + " has no global address outside of the pods' network");
        }
        return new Underlay(link.name(), usable, link.mtu());
    }

    private List<Link> candidates() {
        return links.stream()
                .filter(link ->
                        link.isUp() && !link.isLoopback() && !Ownership.isOurAlias(link.alias()))
                .filter(link -> !addressesOf(link).isEmpty())
                .toList();
    }

    private String candidateNames() {
        List<Link> candidates = candidates();
        return candidates.isEmpty()
                ? "none with an address outside of the pods' " + pods
                : names(candidates);
    }

    private static String names(List<Link> links) {
        return links.stream().map(Link::name).collect(Collectors.joining(", "));
    }

    private List<IpPrefix> addressesOf(Link link) {
        return addresses.stream()
                .filter(address -> address.link() == link.index())
                .filter(address ->
                        address.scope() == Scope.GLOBAL && (address.flags() & UNUSABLE) == 0)
                .map(Address::prefix)
                .filter(prefix -> pods.stream().noneMatch(pod -> pod.contains(prefix.address())))
                .toList();
    }

    private Optional<Link> link(int index) {
        return links.stream().filter(link -> link.index() == index).findFirst();
    }
}
