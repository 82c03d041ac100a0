package dev.kakehashi.plugins.plan;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Addresses;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Veth;
import dev.kakehashi.linux.sysctl.Sysctl;
import dev.kakehashi.linux.sysctl.SysctlName;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Gives a namespace the links of another by name, index, hardware address and MTU, with addresses,
 * routes and forwarding. Bridges are bridges; ends of pairs stand for all others. What cannot be
 * copied is left out: a plugin that misses it says so.
 */
final class HostCopy {

    private static final List<SysctlName> FORWARDING =
            List.of(
                    SysctlName.of("net", "ipv4", "ip_forward"),
                    SysctlName.of("net", "ipv6", "conf", "all", "forwarding"));

    private HostCopy() {}

    /**
     * Copies.
     *
     * @param from only read
     * @param to empty yet
     * @param beyond where the other ends are
     * @throws IOException when one of them cannot be worked in
     */
    static void make(Netns from, Netns to, Netns beyond) throws IOException {
        try (RtNetlink there = RtNetlink.open(from);
                RtNetlink here = RtNetlink.open(to)) {
            List<NetlinkRequest> requests = new ArrayList<>();
            List<Link> links = new ArrayList<>(there.links());
            // A port names its bridge.
            links.sort(Comparator.comparing(link -> link.master() != 0));
            for (Link link : links) {
                if (!link.isLoopback()) {
                    requests.add(Links.create(standIn(link, beyond)));
                }
                // Not at its making: an end of a pair cannot be up before the other is there.
                requests.add(
                        Links.change(link.index(), LinkSpec.builder().up(link.isUp()).build()));
            }
            for (Address address : there.addresses()) {
                if (!address.prefix().address().isLinkLocalAddress()
                        && !address.prefix().address().isLoopbackAddress()) {
                    requests.add(Addresses.add(Address.of(address.link(), address.prefix())));
                }
            }
            List<Route> routes = new ArrayList<>(there.routes());
            // A gateway must be reachable first.
            routes.sort(Comparator.comparing(HostCopy::hasGateway));
            for (Route route : routes) {
                if (route.protocol() != Route.RTPROT_KERNEL && route.table() != Route.LOCAL) {
                    requests.add(Routes.add(route));
                }
            }
            var _ = here.submit(requests);
        }
        try (RtNetlink netlink = RtNetlink.open(beyond)) {
            for (Link end : netlink.links()) {
                netlink.execute(Links.change(end.index(), LinkSpec.builder().up(true).build()));
            }
        }
        for (SysctlName name : FORWARDING) {
            copy(name, from, to);
        }
    }

    private static LinkSpec standIn(Link link, Netns beyond) {
        LinkKind kind =
                link.kind()
                        .filter(Bridge.class::isInstance)
                        .map(observed -> bridge((Bridge) observed))
                        .orElseGet(() ->
                                Veth.withPeer(
                                        LinkSpec.builder()
                                                .name("beyond" + link.index())
                                                .netns(beyond.fd())
                                                .build()));
        LinkSpec.Builder spec =
                LinkSpec.builder(link.name(), kind).index(link.index()).mtu(link.mtu());
        link.mac().ifPresent(spec::mac);
        if (!link.alias().isEmpty()) {
            spec.alias(link.alias());
        }
        if (link.master() != 0) {
            spec.master(link.master());
        }
        return spec.build();
    }

    /** With what plugins look at. */
    private static LinkKind bridge(Bridge observed) {
        boolean filters = observed.vlanFiltering().orElse(false);
        return filters ? Bridge.plain().withVlanFiltering(true) : Bridge.plain();
    }

    private static boolean hasGateway(Route route) {
        return route.nextHops().stream().anyMatch(hop -> hop.gateway().isPresent());
    }

    private static void copy(SysctlName name, Netns from, Netns to) throws IOException {
        try {
            Sysctl.write(to, name, Sysctl.read(from, name));
        } catch (LinuxException e) {
            // A kernel without that family: nobody asks for it there.
            return;
        }
    }
}
