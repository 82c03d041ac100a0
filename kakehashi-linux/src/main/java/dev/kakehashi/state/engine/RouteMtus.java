package dev.kakehashi.state.engine;

import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;

/**
 * Keeps the MTU of IPv6 routes. The kernel changes it with that of the link (fib6_nh_mtu_change(),
 * net/ipv6/route.c), which for a bridge follows its ports (br_mtu_auto_adjust(),
 * net/bridge/br_if.c) and for others the link below. So whatever a plan does to links, it writes
 * these routes last.
 */
final class RouteMtus {
    private final Scene scene;

    RouteMtus(Scene scene) {
        this.scene = scene;
    }

    /** Once all else is in the scene. */
    void run() {
        boolean removes = scene.removesLinks();
        if (!removes && !scene.changesLinks()) {
            return;
        }
        for (NamespaceId namespace : scene.desired().namespaces()) {
            for (Resource resource : scene.desired().byKey(namespace).values()) {
                if (resource instanceof Route route
                        && heedsLink(route)
                        && isWritten(namespace, route, removes)) {
                    scene.remove(new Step.Change(namespace, route, route));
                }
            }
        }
    }

    private static boolean heedsLink(Route route) {
        return route.mtu().isPresent() && !route.isIpv4() && !route.nextHops().isEmpty();
    }

    /** Not one of others that will do, and not one that this plan makes behind all its changes. */
    private boolean isWritten(NamespaceId namespace, Route route, boolean removes) {
        boolean there = false;
        for (Observed found : Handlers.of(route).find(namespace, route, scene)) {
            if (found.mark() != Mark.OURS) {
                return false;
            }
            there = true;
        }
        return there || removes;
    }
}
