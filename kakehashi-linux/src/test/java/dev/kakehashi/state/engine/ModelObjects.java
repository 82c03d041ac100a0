package dev.kakehashi.state.engine;

import dev.kakehashi.state.Address;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.ResourceKey;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The objects of one namespace of a {@link ModelKernel}, but links. */
final class ModelObjects {
    private final List<Observed> all = new ArrayList<>();

    List<Observed> all() {
        return all;
    }

    /** Drops what is on a link, and of routes by several links what is left of them in IPv4. */
    void drop(String device, Predicate<Resource> which) {
        all.removeIf(object ->
                which.test(object.resource()) && object.resource().devices().contains(device));
    }

    void create(Resource resource) {
        if (resource instanceof Sysctl sysctl && !sysctl.required()) {
            return; // one that this kernel lacks
        }
        ResourceKey place = place(resource);
        for (Observed there : all) {
            if (place(there.resource()).equals(place)
                    && !(resource instanceof Sysctl)
                    && !(resource instanceof Route route && route.prepend())) {
                throw new IllegalStateException(resource.key() + ": EEXIST");
            }
        }
        all.removeIf(o -> o.resource() instanceof Sysctl && place(o.resource()).equals(place));
        Mark mark =
                switch (resource) {
                    case Sysctl _, FdbEntry _ -> Mark.NONE;
                    case NftChain _ -> Mark.FOREIGN;
                    default -> Mark.OURS;
                };
        Resource stored = resource instanceof Route route ? withoutPrepend(route) : resource;
        all.add(new Observed(stored, mark));
    }

    private static Resource withoutPrepend(Route r) {
        return new Route(
                r.destination(),
                r.relation(),
                r.type(),
                r.nextHops(),
                r.table(),
                r.metric(),
                r.scope(),
                r.source(),
                r.mtu(),
                r.advMss(),
                false);
    }

    /** What the kernel tells objects apart by. */
    private static ResourceKey place(Resource resource) {
        return resource instanceof Route route ? RouteHandler.place(route) : resource.key();
    }

    void remove(Resource resource) {
        ResourceKey place = place(resource);
        boolean removed =
                all.removeIf(object ->
                        object.mark() != Mark.FOREIGN
                                && place(object.resource()).equals(place)
                                && (!(resource instanceof Route route)
                                        || !route.prepend()
                                        || route.nextHops()
                                                .equals(((Route) object.resource()).nextHops())));
        if (resource instanceof NftChain) {
            all.removeIf(o -> o.resource().key().equals(place));
        }
        if (removed && resource instanceof Address address) {
            removed(address);
        }
    }

    private void removed(Address address) {
        InetAddress gone = address.prefix().address();
        boolean last =
                gone instanceof Inet4Address
                        && all.stream()
                                .noneMatch(o ->
                                        o.resource() instanceof Address other
                                                && other.device().equals(address.device())
                                                && other.prefix().isIpv4());
        boolean elsewhere =
                all.stream()
                        .anyMatch(o ->
                                o.resource() instanceof Address other
                                        && other.prefix().address().equals(gone));
        all.removeIf(o ->
                switch (o.resource()) {
                    case Route route ->
                            (last && route.isIpv4() && route.devices().contains(address.device()))
                                    || (!elsewhere && route.source().equals(Optional.of(gone)));
                    case Neighbour neighbour ->
                            last
                                    && neighbour.device().equals(address.device())
                                    && neighbour.address() instanceof Inet4Address;
                    default -> false;
                });
    }
}
