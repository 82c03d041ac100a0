package dev.kakehashi.state.engine;

import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.sysctl.SysctlTree;
import dev.kakehashi.state.BridgePort;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.LinkSettings;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NftElements;
import dev.kakehashi.state.Qdisc;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Sysctl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is taken to be there by an operation in a hurry: nothing of ours. Only what is shared or
 * exists in any case is looked at, since it must be joined; if the assumption is wrong, the kernel
 * says so.
 */
final class Assumption {
    /** The loopback is the first link of every namespace: LOOPBACK_IFINDEX, net/flow.h. */
    private static final int LOOPBACK = 1;

    private final Kernel kernel;
    private final Map<LinkRef, Link> seen;

    /**
     * An assumption.
     *
     * @param seen what need not be looked at again
     */
    Assumption(Kernel kernel, Map<LinkRef, Link> seen) {
        this.kernel = kernel;
        this.seen = seen;
    }

    /**
     * Whether there is a link or an element to be made, so that optimism has something to gain. A
     * link that is taken from somewhere must be looked at in any case.
     */
    static boolean isWorthwhile(DesiredState desired) {
        boolean worthwhile = false;
        for (NamespaceId namespace : desired.namespaces()) {
            for (Resource resource : desired.byKey(namespace).values()) {
                if (resource instanceof dev.kakehashi.state.Link link
                        && link.relation() == Relation.OWNED) {
                    if (link.origin() instanceof LinkOrigin.Moved) {
                        return false;
                    }
                    worthwhile = true;
                }
                if (resource instanceof NftElements elements
                        && elements.relation() == Relation.OWNED) {
                    worthwhile = true; // a look would read whole sets
                }
                if (resource instanceof Filter filter
                        && !comesWithItsPlace(desired, namespace, filter)) {
                    return false; // the kernel would add it beside one that is there
                }
            }
        }
        return worthwhile;
    }

    /**
     * Whether what a filter hangs on is to be made, too: if it is there, the kernel says so, and
     * the filter is taken back with those it came beside, which a look then finds missing.
     */
    private static boolean comesWithItsPlace(
            DesiredState desired, NamespaceId namespace, Filter filter) {
        return desired.byKey(namespace)
                .containsKey(new Qdisc.Key(filter.device(), Qdisc.Place.INGRESS));
    }

    /**
     * Whether all that bears no mark is for links of ours. On those of others it is ours by a
     * record that is made before it is, and nobody may make one of what is there already.
     */
    static boolean isSafe(DesiredState desired, ObservedState assumed) {
        for (NamespaceId namespace : desired.namespaces()) {
            for (Resource resource : desired.byKey(namespace).values()) {
                if (isTrafficControl(resource)
                        && !Scene.isOurs(
                                desired, assumed, namespace, resource.devices().getFirst())) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isTrafficControl(Resource resource) {
        return resource instanceof Qdisc || resource instanceof Filter;
    }

    ObservedState of(DesiredState desired) throws IOException {
        Map<NamespaceId, ObservedNamespace> assumed = new HashMap<>();
        for (NamespaceId namespace : desired.namespaces()) {
            assumed.put(namespace, of(namespace, desired));
        }
        return new ObservedState(assumed);
    }

    private ObservedNamespace of(NamespaceId namespace, DesiredState desired) throws IOException {
        List<String> links = new ArrayList<>(2);
        List<Sysctl> sysctls = new ArrayList<>(2);
        Set<String> fresh = new HashSet<>();
        Set<String> devices = new LinkedHashSet<>();
        ObservedNamespace.Builder builder = new ObservedNamespace.Builder();
        for (Resource resource : desired.byKey(namespace).values()) {
            // No switch over types on the way of a first call: docs/adr/0008.
            if (resource instanceof dev.kakehashi.state.Link link) {
                if (link.relation() == Relation.OWNED) {
                    fresh.add(link.name());
                } else if (isLoopback(link)) {
                    builder.add(loopback());
                } else if (!isSeen(new LinkRef(namespace, link.name()), builder)) {
                    links.add(link.name());
                }
            } else if (resource instanceof Sysctl sysctl) {
                sysctls.add(sysctl);
            } else if (isTrafficControl(resource)) {
                devices.add(resource.devices().getFirst());
            }
        }
        for (String device : devices) {
            if (!fresh.contains(device)
                    && !links.contains(device)
                    && !isSeen(new LinkRef(namespace, device), builder)) {
                links.add(device);
            }
        }
        sysctls.removeIf(s -> s.device().isPresent() && fresh.contains(s.device().get()));
        if (!links.isEmpty() || !sysctls.isEmpty()) {
            Kernel.Work<Boolean> work =
                    netlink -> {
                        read(links, netlink, builder);
                        for (Sysctl sysctl : sysctls) {
                            read(sysctl, kernel.switches(namespace), builder);
                        }
                        return true;
                    };
            if (sysctls.isEmpty()) {
                kernel.talk(namespace, work);
            } else {
                kernel.enter(namespace, work);
            }
        }
        return builder.build();
    }

    private boolean isSeen(LinkRef reference, ObservedNamespace.Builder builder) {
        Link link = seen.get(reference);
        if (link != null) {
            builder.add(view(link));
        }
        return link != null;
    }

    private static ObservedLink view(Link link) {
        return LinkView.of(link, i -> Optional.empty(), i -> Optional.empty());
    }

    private static void read(
            List<String> links, RtNetlink netlink, ObservedNamespace.Builder builder)
            throws IOException {
        for (String name : links) {
            Optional<Link> link = netlink.link(name);
            if (link.isPresent()) {
                builder.add(view(link.get()));
            }
        }
    }

    private static void read(Sysctl sysctl, SysctlTree tree, ObservedNamespace.Builder builder)
            throws IOException {
        Optional<String> value = SysctlFiles.read(tree, sysctl.file());
        if (value.isPresent()) {
            builder.add(new Observed(sysctl.withValue(value.get()), Mark.NONE));
        }
    }

    /** A loopback that is only to be up: the kernel takes "up" twice without harm. */
    private static boolean isLoopback(dev.kakehashi.state.Link link) {
        return link.name().equals("lo")
                && link.origin() instanceof LinkOrigin.Existing
                && link.settings().equals(onlyUp(true));
    }

    private static LinkSettings onlyUp(boolean up) {
        LinkSettings none = LinkSettings.NONE;
        return new LinkSettings(
                none.mtu(),
                none.mac(),
                Optional.of(up),
                none.group(),
                none.txQueueLength(),
                none.promiscuous(),
                none.allMulticast(),
                none.addrGenMode());
    }

    private static ObservedLink loopback() {
        return new ObservedLink(
                LOOPBACK,
                "lo",
                "",
                Optional.empty(),
                "",
                Optional.empty(),
                0,
                0,
                false,
                onlyUp(false),
                BridgePort.NONE,
                false);
    }
}
