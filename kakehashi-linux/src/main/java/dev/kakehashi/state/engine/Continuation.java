package dev.kakehashi.state.engine;

import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Difference;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.WireguardTunnel;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is taken to be there by an operation that goes on from an earlier one: what that one made.
 * Only the links that what changes is on are looked at, since they may have been made anew.
 */
final class Continuation {
    private final Kernel kernel;

    Continuation(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Whether nothing else is touched by the change but what it names. */
    static boolean isPossible(Difference difference) {
        return isLoose(difference.fresh())
                && isLoose(difference.replaced())
                && isLoose(difference.gone());
    }

    private static boolean isLoose(DesiredState state) {
        for (NamespaceId namespace : state.namespaces()) {
            for (Resource resource : state.byKey(namespace).values()) {
                if (!isLoose(resource)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Nothing hangs on it, and the kernel takes it away for no other reason than its link. */
    private static boolean isLoose(Resource resource) {
        return resource.relation() == Relation.OWNED
                && ((resource instanceof Route route && !route.prepend())
                        || resource instanceof Neighbour
                        || (resource instanceof FdbEntry entry && !entry.isDefault())
                        || resource instanceof NftTable
                        || resource instanceof WireguardTunnel);
    }

    ObservedState of(Difference difference) throws IOException {
        Map<NamespaceId, ObservedNamespace> known = new HashMap<>();
        for (DesiredState state :
                List.of(difference.fresh(), difference.replaced(), difference.gone())) {
            for (NamespaceId namespace : state.namespaces()) {
                if (kernel.has(namespace) && !known.containsKey(namespace)) {
                    known.put(namespace, of(namespace, difference));
                }
            }
        }
        return new ObservedState(known);
    }

    private ObservedNamespace of(NamespaceId namespace, Difference difference) throws IOException {
        ObservedNamespace.Builder builder = new ObservedNamespace.Builder();
        Set<String> devices = new LinkedHashSet<>();
        for (Resource resource : difference.fresh().byKey(namespace).values()) {
            devices.addAll(resource.devices());
        }
        for (DesiredState before : List.of(difference.replaced(), difference.gone())) {
            for (Resource resource : before.byKey(namespace).values()) {
                devices.addAll(resource.devices());
                builder.add(new Observed(resource, Mark.OURS));
            }
        }
        if (!devices.isEmpty()) {
            kernel.<Boolean>talk(
                    namespace,
                    netlink -> {
                        for (String device : devices) {
                            netlink.link(device)
                                    .ifPresent(link ->
                                            builder.add(
                                                    LinkView.of(
                                                            link,
                                                            index -> Optional.empty(),
                                                            index -> Optional.empty())));
                        }
                        return true;
                    });
        }
        return builder.build();
    }
}
