package dev.kakehashi.plugins.plan;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.NamespaceId;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What can be seen of plugins' work in the kernel.
 *
 * @param sides links and routes of host and container
 * @param rules of the host's netfilter, as the commands that make them
 */
record KernelState(Map<NamespaceId, Side> sides, List<String> rules) {

    /**
     * One namespace.
     *
     * @param links by name
     * @param routes without those that the kernel makes itself
     */
    record Side(Map<String, Link> links, List<Route> routes) {

        static Side of(Netns netns) throws IOException {
            try (RtNetlink netlink = RtNetlink.open(netns)) {
                Map<String, Link> links = new LinkedHashMap<>();
                for (Link link : netlink.links()) {
                    links.put(link.name(), link);
                }
                List<Route> routes = new ArrayList<>();
                for (Route route : netlink.routes()) {
                    if (route.protocol() != Route.RTPROT_KERNEL && route.table() != Route.LOCAL) {
                        routes.add(route);
                    }
                }
                return new Side(links, routes);
            }
        }

        /** The name of a link; its number where it is not here. */
        String name(int index) {
            for (Link link : links.values()) {
                if (link.index() == index) {
                    return link.name();
                }
            }
            return "if" + index;
        }
    }

    /** Looks. */
    static KernelState of(Netns host, Netns container) throws IOException {
        Map<NamespaceId, Side> sides = new LinkedHashMap<>();
        sides.put(NamespaceId.HOST, Side.of(host));
        sides.put(NamespaceId.CONTAINER, Side.of(container));
        return new KernelState(sides, RuleCommands.of(host));
    }

    Side side(NamespaceId namespace) {
        Side side = sides.get(namespace);
        if (side == null) {
            throw new IllegalArgumentException("nobody looked at " + namespace);
        }
        return side;
    }
}
