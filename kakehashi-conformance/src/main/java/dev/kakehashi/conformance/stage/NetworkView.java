package dev.kakehashi.conformance.stage;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.BridgePortVlans;
import dev.kakehashi.linux.rtnetlink.BridgeVlan;
import dev.kakehashi.linux.rtnetlink.Ipvlan;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.linux.rtnetlink.Macvlan;
import dev.kakehashi.linux.rtnetlink.NextHop;
import dev.kakehashi.linux.rtnetlink.Qdisc;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Rule;
import dev.kakehashi.linux.rtnetlink.Tun;
import dev.kakehashi.linux.rtnetlink.Vlan;
import dev.kakehashi.linux.rtnetlink.Vrf;

import java.io.IOException;
import java.net.Inet6Address;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a network namespace holds, as facts of one line each: {@code link eth0 mtu 1400}, {@code
 * address eth0 10.1.0.2/24}, {@code route default via 10.1.0.1 dev eth0}, {@code rule from
 * 10.1.0.2/32 lookup 100}, {@code qdisc veth1 tbf …}, {@code port veth1 hairpin}, {@code vlan veth1
 * vid 100 pvid untagged}. What the kernel makes by itself (link-local addresses, local and
 * multicast routes) is left out.
 */
public final class NetworkView {
    private static final int IPV6_DEFAULT_METRIC = 1024;

    private final Set<String> facts = new TreeSet<>();
    private final Map<Integer, String> names = new HashMap<>();

    private NetworkView() {}

    /** What a namespace holds now. */
    public static NetworkView of(Netns netns) throws IOException {
        NetworkView view = new NetworkView();
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            List<Link> links = netlink.links();
            links.forEach(link -> view.names.put(link.index(), link.name()));
            links.forEach(view::link);
            netlink.addresses().forEach(view::address);
            netlink.routes().forEach(view::route);
            netlink.rules().forEach(view::rule);
            netlink.qdiscs().forEach(view::qdisc);
            netlink.bridgeVlans().forEach(view::vlans);
        }
        return view;
    }

    /** All facts in alphabetical order. */
    public Set<String> facts() {
        return Set.copyOf(facts);
    }

    /** The names of all links. */
    public Set<String> links() {
        return new TreeSet<>(names.values());
    }

    /** Whether it holds, word by word; more words may follow. */
    public boolean has(String fact) {
        return facts.stream().anyMatch(f -> f.equals(fact) || f.startsWith(fact + " "));
    }

    /** The facts whose first words are these. */
    public List<String> like(String words) {
        return facts.stream().filter(f -> f.startsWith(words)).sorted().toList();
    }

    private String name(int index) {
        return names.getOrDefault(index, "#" + index);
    }

    private void link(Link link) {
        String head = "link " + link.name();
        facts.add(head + " kind " + link.kind().map(LinkKind::name).orElse("none"));
        facts.add(head + (link.isUp() ? " up" : " down"));
        facts.add(head + " mtu " + link.mtu());
        facts.add(head + " txqlen " + link.txQueueLength());
        link.mac().ifPresent(mac -> facts.add(head + " mac " + mac));
        if (link.master() != 0) {
            facts.add(head + " master " + name(link.master()));
        }
        if (link.isPromiscuous()) {
            facts.add(head + " promisc");
        }
        if (link.isAllMulticast()) {
            facts.add(head + " allmulti");
        }
        if (!link.alias().isEmpty()) {
            facts.add(head + " alias " + link.alias());
        }
        link.kind().ifPresent(kind -> options(head, kind));
        link.bridgePort()
                .ifPresent(port -> {
                    if (port.hairpin().orElse(false)) {
                        facts.add("port " + link.name() + " hairpin");
                    }
                    if (port.isolated().orElse(false)) {
                        facts.add("port " + link.name() + " isolated");
                    }
                });
    }

    private void options(String head, LinkKind kind) {
        switch (kind) {
            case Macvlan macvlan -> facts.add(head + " mode " + macvlan.mode());
            case Ipvlan ipvlan -> facts.add(head + " mode " + ipvlan.mode());
            case Vlan vlan -> facts.add(head + " id " + vlan.id());
            case Vrf vrf -> facts.add(head + " table " + vrf.table());
            case Tun tun -> {
                facts.add(head + " mode " + (tun.tap() ? "tap" : "tun"));
                tun.owner().ifPresent(owner -> facts.add(head + " owner " + owner));
                tun.group().ifPresent(group -> facts.add(head + " group " + group));
                if (tun.multiQueue()) {
                    facts.add(head + " multi_queue");
                }
            }
            default -> {}
        }
    }

    private void address(Address address) {
        if (!address.prefix().address().isLinkLocalAddress()) {
            facts.add("address " + name(address.link()) + " " + address.prefix());
        }
    }

    private void route(Route route) {
        boolean ipv6 = route.destination().address() instanceof Inet6Address;
        if (route.table() == Route.LOCAL
                || route.destination().address().isLinkLocalAddress()
                || route.destination().address().isMulticastAddress()) {
            return;
        }
        for (NextHop hop : route.nextHops()) {
            StringBuilder fact = new StringBuilder("route ");
            fact.append(route.destination().length() == 0 ? "default" : route.destination());
            hop.gateway().ifPresent(g -> fact.append(" via ").append(IpAddresses.format(g)));
            fact.append(" dev ").append(name(hop.link()));
            if (route.table() != Route.MAIN) {
                fact.append(" table ").append(route.table());
            }
            if (route.priority() != 0 && !(ipv6 && route.priority() == IPV6_DEFAULT_METRIC)) {
                fact.append(" metric ").append(route.priority());
            }
            route.mtu().ifPresent(mtu -> fact.append(" mtu ").append(mtu));
            route.advMss().ifPresent(mss -> fact.append(" advmss ").append(mss));
            route.source().ifPresent(s -> fact.append(" src ").append(IpAddresses.format(s)));
            facts.add(fact.toString());
        }
    }

    private void rule(Rule rule) {
        rule.from().ifPresent(from -> facts.add("rule from " + from + " lookup " + rule.table()));
    }

    private void qdisc(Qdisc qdisc) {
        facts.add("qdisc " + name(qdisc.link()) + " " + qdisc.kind());
    }

    private void vlans(BridgePortVlans port) {
        for (BridgeVlan vlan : port.vlans()) {
            facts.add("vlan " + name(port.link()) + " " + vlan);
        }
    }
}
