package dev.kakehashi.state.engine;

import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.Qdisc;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the kernel takes away on its own when the plan takes away something else, so that the plan
 * makes it again if it is wanted:
 *
 * <ul>
 *   <li>with the last IPv4 address of a link all IPv4 routes and neighbours on it
 *       (fib_inetaddr_event(), net/ipv4/fib_frontend.c);
 *   <li>with any address the routes that have it as their source (fib_sync_down_addr(); IPv6 takes
 *       only the source away, rt6_remove_prefsrc());
 *   <li>with a link's hardware address its neighbours (neigh_changeaddr());
 *   <li>with a link's being up its neighbours and IPv6 addresses (addrconf_ifdown());
 *   <li>with a port's being in a bridge the bridge's forwarding entries for it (del_nbp());
 *   <li>with a discipline its filters.
 * </ul>
 */
final class Fallout {
    private record Place(NamespaceId namespace, InetAddress address) {}

    private final Set<LinkRef> stripped = new HashSet<>();
    private final Set<Place> sources = new HashSet<>();
    private final Set<LinkRef> renamed = new HashSet<>();
    private final Set<LinkRef> downed = new HashSet<>();
    private final Set<LinkRef> left = new HashSet<>();
    private final Set<LinkRef> filterless = new HashSet<>();

    /** Says that a link is given another hardware address. */
    void changesMac(LinkRef link) {
        renamed.add(link);
    }

    /** Says that a link is set down. */
    void setsDown(LinkRef link) {
        downed.add(link);
    }

    /** Says that a link leaves its bridge, perhaps for another. */
    void leavesBridge(LinkRef link) {
        left.add(link);
    }

    /** Finds out which disciplines are replaced by others, and their filters with them. */
    void qdiscs(DesiredState desired, ObservedState observed) {
        for (NamespaceId namespace : desired.namespaces()) {
            for (Resource resource : desired.byKey(namespace).values()) {
                if (resource instanceof Qdisc wanted && wanted.place() == Qdisc.Place.INGRESS) {
                    for (Observed there : observed.in(namespace).objects(wanted.key())) {
                        if (QdiscHandler.isOfOtherKind(wanted, (Qdisc) there.resource())) {
                            filterless.add(new LinkRef(namespace, wanted.device()));
                        }
                    }
                }
            }
        }
    }

    /** Finds out which addresses go, for good or to come back otherwise. */
    void addresses(DesiredState desired, DesiredState unwanted, ObservedState observed) {
        for (NamespaceId namespace : desired.namespaces()) {
            Map<String, Set<Address>> going = new HashMap<>();
            for (Resource resource : desired.byKey(namespace).values()) {
                if (resource instanceof Address wanted) {
                    for (Observed there : observed.in(namespace).objects(wanted.key())) {
                        Address found = (Address) there.resource();
                        if (!AddressHandler.isAsWanted(wanted, found)) {
                            go(going, found);
                        }
                    }
                }
            }
            for (Resource resource : unwanted.byKey(namespace).values()) {
                if (resource instanceof Address old
                        && !desired.byKey(namespace).containsKey(old.key())) {
                    for (Observed there : observed.in(namespace).objects(old.key())) {
                        go(going, (Address) there.resource());
                    }
                }
            }
            going.forEach((device, addresses) -> {
                for (Address address : addresses) {
                    sources.add(new Place(namespace, address.prefix().address()));
                }
                if (!keepsIpv4(desired, observed, namespace, device, addresses)) {
                    stripped.add(new LinkRef(namespace, device));
                }
            });
        }
    }

    private static void go(Map<String, Set<Address>> going, Address address) {
        going.computeIfAbsent(address.device(), d -> new HashSet<>()).add(address);
    }

    /** Whether a link has an IPv4 address all the time. */
    private static boolean keepsIpv4(
            DesiredState desired,
            ObservedState observed,
            NamespaceId namespace,
            String device,
            Set<Address> going) {
        List<Address> old = going.stream().filter(a -> a.prefix().isIpv4()).toList();
        boolean comesBack =
                old.stream().anyMatch(a -> desired.byKey(namespace).containsKey(a.key()));
        if (old.isEmpty()) {
            return true;
        }
        if (!comesBack && wantsIpv4(desired, namespace, device)) {
            return true; // what is new is there before what is old goes
        }
        for (List<Observed> objects : observed.in(namespace).objects()) {
            for (Observed object : objects) {
                if (object.resource() instanceof Address address
                        && address.device().equals(device)
                        && address.prefix().isIpv4()
                        && !going.contains(address)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean wantsIpv4(DesiredState desired, NamespaceId namespace, String device) {
        for (Resource resource : desired.byKey(namespace).values()) {
            if (resource instanceof Address address
                    && address.device().equals(device)
                    && address.prefix().isIpv4()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a link is without IPv4 address for a time, or for good. */
    boolean strips(NamespaceId namespace, String device) {
        return !stripped.isEmpty() && stripped.contains(new LinkRef(namespace, device));
    }

    /**
     * Whether something unwanted may go with the last IPv4 address of its links. It must be removed
     * before that: a request to remove a route that has gone may hit another one, since one without
     * metric matches any.
     */
    boolean mayTake(NamespaceId namespace, Resource resource) {
        boolean ipv4 =
                switch (resource) {
                    case Neighbour neighbour -> neighbour.address() instanceof Inet4Address;
                    case Route route -> route.isIpv4();
                    default -> false;
                };
        if (!ipv4 || stripped.isEmpty() || resource.devices().isEmpty()) {
            return false;
        }
        for (String device : resource.devices()) {
            if (!strips(namespace, device)) {
                return false;
            }
        }
        return true;
    }

    /** Whether something is lost although it is wanted. */
    boolean reaches(NamespaceId namespace, Resource resource) {
        return !isEmpty() && loses(namespace, resource);
    }

    private boolean isEmpty() {
        return stripped.isEmpty()
                && sources.isEmpty()
                && renamed.isEmpty()
                && downed.isEmpty()
                && left.isEmpty()
                && filterless.isEmpty();
    }

    private boolean loses(NamespaceId namespace, Resource resource) {
        return switch (resource) {
            case Address address -> !address.prefix().isIpv4() && isOn(downed, namespace, address);
            case Neighbour neighbour ->
                    isOn(renamed, namespace, neighbour)
                            || isOn(downed, namespace, neighbour)
                            || (neighbour.address() instanceof Inet4Address
                                    && isOn(stripped, namespace, neighbour));
            case Route route ->
                    (route.isIpv4() && isOn(stripped, namespace, route))
                            || (route.source().isPresent()
                                    && sources.contains(
                                            new Place(namespace, route.source().get())));
            case Filter filter -> isOn(filterless, namespace, filter);
            case FdbEntry entry -> entry.isMaster() && isOn(left, namespace, entry);
            default -> false;
        };
    }

    private static boolean isOn(Set<LinkRef> links, NamespaceId namespace, Resource resource) {
        if (!links.isEmpty()) {
            for (String device : resource.devices()) {
                if (links.contains(new LinkRef(namespace, device))) {
                    return true;
                }
            }
        }
        return false;
    }
}
