package dev.kakehashi.state.reconcile;

import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Sysctl;
import dev.kakehashi.state.WireguardInterface;
import dev.kakehashi.state.WireguardTunnel;

import java.util.Set;

/** What of a state may change without a word of the kernel. Pure. */
final class Unannounced {
    private Unannounced() {}

    /**
     * That part of a state which only a look shows: sysctls, of which the kernel announces a few
     * only, and WireGuard's side of a device, which it never does (linux/wireguard.h has no
     * multicast group), nor proxy neighbours (neigh_add() and neigh_delete(),
     * net/core/neighbour.c); links, on which these are; and all that is where nobody listens.
     *
     * <p>IPv4 routes that go without a message when their link goes down or their source address is
     * taken away are not among it: the link or the address is announced.
     *
     * @param heard the namespaces whose notifications are listened to
     */
    static DesiredState of(DesiredState desired, Set<NamespaceId> heard) {
        return desired.only(
                (namespace, resource) -> !heard.contains(namespace) || isUnannounced(resource));
    }

    private static boolean isUnannounced(Resource resource) {
        return resource instanceof Sysctl
                || resource instanceof Link
                || resource instanceof WireguardInterface
                || resource instanceof WireguardTunnel
                || (resource instanceof Neighbour neighbour && neighbour.isProxy());
    }
}
