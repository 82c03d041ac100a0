package dev.kakehashi.conformance.stage;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Addresses;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.NextHop;
import dev.kakehashi.linux.rtnetlink.Qdisc;
import dev.kakehashi.linux.rtnetlink.Qdiscs;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Rule;
import dev.kakehashi.linux.rtnetlink.Rules;
import dev.kakehashi.linux.rtnetlink.Veth;
import dev.kakehashi.linux.sysctl.Sysctl;
import dev.kakehashi.linux.sysctl.SysctlName;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A network namespace that a scenario looks at and prepares.
 *
 * @param name what reports call it
 * @param netns the namespace; not closed here
 */
public record Place(String name, Netns netns) {
    /**
     * How long something may take to appear or to vanish: the kernel ends namespaces at leisure.
     */
    private static final long PATIENCE_NANOS = 3_000_000_000L;

    private static final long PAUSE_MILLIS = 10;

    /** What it holds now. */
    public NetworkView view() throws IOException {
        return NetworkView.of(netns);
    }

    /** Requires a fact, at once or soon. */
    public void see(String fact) throws IOException, InterruptedException, Mismatch {
        await(fact, true);
    }

    /** Requires that a fact does not hold, now or soon. */
    public void miss(String fact) throws IOException, InterruptedException, Mismatch {
        await(fact, false);
    }

    private void await(String fact, boolean wanted)
            throws IOException, InterruptedException, Mismatch {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        NetworkView view = view();
        while (view.has(fact) != wanted) {
            if (System.nanoTime() > deadline) {
                throw Mismatch.of(
                        (wanted ? "\"" : "no \"") + fact + "\" in " + name, related(view, fact));
            }
            Thread.sleep(PAUSE_MILLIS);
            view = view();
        }
    }

    /** The facts that are about the same thing. */
    private static String related(NetworkView view, String fact) {
        String[] words = fact.split(" ", 3);
        List<String> facts = view.like(words[0] + " " + (words.length > 1 ? words[1] + " " : ""));
        if (facts.isEmpty()) {
            facts = view.like(words[0] + " ");
        }
        return facts.isEmpty() ? "no " + words[0] + " at all" : String.join("; ", facts);
    }

    /** A link by its name. */
    public Optional<Link> link(String linkName) throws IOException {
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            return netlink.link(linkName);
        }
    }

    /** A link that must be there. */
    public Link theLink(String linkName) throws IOException, Mismatch {
        return link(linkName)
                .orElseThrow(() -> Mismatch.of("a link " + linkName + " in " + name, "none"));
    }

    /** Makes a link, or changes one, up. */
    public void make(LinkSpec spec) throws IOException {
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            netlink.execute(Links.creation(spec));
        }
    }

    /** Makes a pair of links, one end here and one there, both up. */
    public void join(String here, Place other, String there) throws IOException {
        make(
                LinkSpec.builder(
                                here,
                                Veth.withPeer(
                                        LinkSpec.builder()
                                                .name(there)
                                                .netns(other.netns.fd())
                                                .build()))
                        .up(true)
                        .build());
        other.change(there, LinkSpec.builder().up(true).build());
    }

    /** Changes a link. */
    public void change(String linkName, LinkSpec changes) throws IOException {
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            netlink.execute(Links.change(linkName, changes));
        }
    }

    /** Removes a link. */
    public void remove(String linkName) throws IOException {
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            netlink.execute(Links.delete(linkName));
        }
    }

    /** Adds an address, usable at once. */
    public void address(String linkName, String prefix) throws IOException, Mismatch {
        int index = theLink(linkName).index();
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            Address address = Address.of(index, IpPrefix.parse(prefix));
            netlink.execute(
                    Addresses.add(
                            prefix.indexOf(':') >= 0
                                    ? address.withFlags(Address.IFA_F_NODAD)
                                    : address));
        }
    }

    /** Removes an address. */
    public void removeAddress(String linkName, String prefix) throws IOException, Mismatch {
        int index = theLink(linkName).index();
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            netlink.execute(Addresses.delete(Address.of(index, IpPrefix.parse(prefix))));
        }
    }

    /** Adds a route by way of a gateway. */
    public void route(String destination, String gateway, String linkName)
            throws IOException, Mismatch {
        int index = theLink(linkName).index();
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            netlink.execute(Routes.add(via(destination, gateway, index)));
        }
    }

    /** Removes a route by way of a gateway, whoever made it. */
    public void removeRoute(String destination, String gateway, String linkName)
            throws IOException, Mismatch {
        int index = theLink(linkName).index();
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            netlink.execute(
                    Routes.delete(
                            via(destination, gateway, index).withProtocol(Route.RTPROT_UNSPEC)));
        }
    }

    /**
     * Moves all routes of a link into a table of their own, and sends what comes from an address
     * there: what {@code sbr} does behind another plugin.
     */
    public void routeBySource(String linkName, String address, int table)
            throws IOException, Mismatch {
        int index = theLink(linkName).index();
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            List<Route> routes = new ArrayList<>();
            for (Route route : netlink.routes()) {
                if (route.table() == Route.MAIN
                        && route.destination().isIpv4()
                        && route.nextHops().stream().anyMatch(hop -> hop.link() == index)) {
                    routes.add(route);
                }
            }
            for (Route route : routes) {
                netlink.execute(Routes.delete(route));
            }
            // Gateways are looked for among the routes of links.
            routes.sort(
                    Comparator.comparing(
                            route -> route.nextHops().getFirst().gateway().isPresent()));
            for (Route route : routes) {
                netlink.execute(Routes.add(onTheWay(route).withTable(table)));
            }
            netlink.execute(
                    Rules.add(Rule.lookup(true, 100, table).withFrom(IpPrefix.parse(address))));
        }
    }

    /**
     * Without what the kernel says of its links: that one has no carrier is not to be asked for.
     */
    private static Route onTheWay(Route route) {
        List<NextHop> hops = new ArrayList<>();
        for (NextHop hop : route.nextHops()) {
            hops.add(
                    new NextHop(
                            hop.link(),
                            hop.gateway(),
                            hop.weight(),
                            hop.flags() & NextHop.RTNH_F_ONLINK));
        }
        return new Route(
                route.destination(),
                route.type(),
                hops,
                route.table(),
                route.priority(),
                route.scope(),
                route.protocol(),
                route.source(),
                route.mtu(),
                route.advMss(),
                0);
    }

    private static Route via(String destination, String gateway, int index) {
        return Route.to(
                IpPrefix.parse(destination),
                NextHop.via(IpPrefix.parse(gateway + "/32").address(), index));
    }

    /** Reads a sysctl below {@code net}. */
    public String sysctl(String key) throws IOException {
        return Sysctl.read(netns, SysctlName.parse(key)).strip();
    }

    /** Sets a sysctl below {@code net}. */
    public void sysctl(String key, String value) throws IOException {
        Sysctl.write(netns, SysctlName.parse(key), value);
    }

    /** Requires the value of a sysctl. */
    public void seeSysctl(String key, String value) throws IOException, Mismatch {
        String seen = sysctl(key);
        if (!seen.equals(value)) {
            throw Mismatch.of(key + " is " + value + " in " + name, seen);
        }
    }

    /** Removes the queue of what leaves by a link. Equivalent to: {@code tc qdisc del root}. */
    public void removeQueue(String linkName) throws IOException, Mismatch {
        int index = theLink(linkName).index();
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            for (Qdisc qdisc : netlink.qdiscs(index)) {
                if (qdisc.parent() == Qdisc.ROOT && qdisc.handle() != 0) {
                    netlink.execute(Qdiscs.delete(qdisc));
                }
            }
        }
    }

    /**
     * Removes all rules of the packet filter, whoever made them. Equivalent to: {@code nft flush
     * ruleset}.
     */
    public void flushFilter() throws IOException, Unsuitable {
        Nft nft = KernelNft.of(netns);
        NftTransaction.Builder removal = NftTransaction.builder();
        List<TableId> tables = nft.tables();
        if (tables.isEmpty()) {
            throw Unsuitable.because("iptables keeps its rules outside of nftables here");
        }
        tables.forEach(removal::deleteTable);
        nft.apply(removal.build());
    }
}
