package dev.kakehashi.plugins.plan;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.linux.rtnetlink.NextHop;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftElements;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.engine.Applied;
import dev.kakehashi.state.engine.Step;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a plugin has done, as commands: what its engines say, then what can be seen that they do not
 * say, then the rules of netfilter.
 */
final class Changes {

    private final KernelState before;
    private final KernelState after;
    private final Set<String> said = new HashSet<>();
    private final Set<String> made = new HashSet<>();
    private final List<String> commands = new ArrayList<>();

    private Changes(KernelState before, KernelState after) {
        this.before = before;
        this.after = after;
    }

    static List<String> between(KernelState before, KernelState after, List<Applied> applied) {
        Changes changes = new Changes(before, after);
        for (Applied done : applied) {
            done.steps().forEach(changes::say);
        }
        changes.seeLinks(NamespaceId.HOST);
        changes.seeLinks(NamespaceId.CONTAINER);
        changes.seeRoutes(NamespaceId.HOST);
        changes.seeRoutes(NamespaceId.CONTAINER);
        List<String> rules = new ArrayList<>(after.rules());
        before.rules().forEach(rules::remove);
        changes.commands.addAll(rules);
        return changes.commands;
    }

    private void say(Step step) {
        switch (step.resource()) {
            // Not all rules are made by an engine: they are told together, as they stand.
            case NftTable _, NftChain _, NftRules _, NftElements _ -> {}
            default -> {
                commands.addAll(step.commands());
                said.add(place(step.namespace(), step.resource()));
                switch (step) {
                    case Step.CreatePair pair -> {
                        said.add(place(pair.peerNamespace(), pair.peer()));
                        made.add(place(pair.peerNamespace(), pair.peer()));
                        made.add(place(pair.namespace(), pair.resource()));
                    }
                    case Step.Create _, Step.Move _ ->
                            made.add(place(step.namespace(), step.resource()));
                    case Step.Configure _, Step.Change _, Step.Remove _ -> {}
                }
            }
        }
    }

    private static String place(NamespaceId namespace, Resource resource) {
        return switch (resource) {
            case dev.kakehashi.state.Link link -> link(namespace, link.name());
            case dev.kakehashi.state.Route route ->
                    namespace + " " + route.table() + " " + route.destination();
            default -> "";
        };
    }

    private static String link(NamespaceId namespace, String name) {
        return namespace + " link " + name;
    }

    private static String ip(NamespaceId namespace) {
        return namespace.equals(NamespaceId.HOST) ? "ip " : "ip -n " + namespace + " ";
    }

    private void seeLinks(NamespaceId namespace) {
        for (Link link : after.side(namespace).links().values()) {
            Optional<Link> old =
                    Optional.ofNullable(before.side(namespace).links().get(link.name()));
            String place = link(namespace, link.name());
            if (old.isEmpty() && !made.contains(place)) {
                // Before anything that an engine has done to it.
                commands.addFirst(origin(namespace, link));
            }
            if (!said.contains(place)) {
                differences(namespace, link, old);
            }
        }
    }

    /** Moved from the host, or made. */
    private String origin(NamespaceId namespace, Link link) {
        for (Link old : before.side(NamespaceId.HOST).links().values()) {
            if (!after.side(NamespaceId.HOST).links().containsKey(old.name())
                    && old.mac().equals(link.mac())) {
                return "ip link set " + old.name() + " netns " + namespace + " name " + link.name();
            }
        }
        return ip(namespace)
                + "link add "
                + link.name()
                + " type "
                + link.kind().map(LinkKind::name).orElse("unknown");
    }

    private void differences(NamespaceId namespace, Link link, Optional<Link> old) {
        StringBuilder changed = new StringBuilder();
        if (old.isPresent() && old.get().mtu() != link.mtu()) {
            changed.append(" mtu ").append(link.mtu());
        }
        if (old.isPresent() && !old.get().mac().equals(link.mac())) {
            changed.append(" address ").append(link.mac().map(MacAddress::toString).orElse(""));
        }
        if (link.master() != old.map(Link::master).orElse(0)) {
            changed.append(
                    link.master() == 0
                            ? " nomaster"
                            : " master " + after.side(namespace).name(link.master()));
        }
        if (link.isUp() != old.map(Link::isUp).orElse(false)) {
            changed.append(link.isUp() ? " up" : " down");
        }
        if (!changed.isEmpty()) {
            commands.add(ip(namespace) + "link set " + link.name() + changed);
        }
    }

    private void seeRoutes(NamespaceId namespace) {
        List<Route> made = new ArrayList<>(after.side(namespace).routes());
        made.removeAll(before.side(namespace).routes());
        for (Route route : made) {
            if (!said.contains(namespace + " " + route.table() + " " + route.destination())) {
                commands.add(ip(namespace) + "route add " + text(route, after.side(namespace)));
            }
        }
    }

    private static String text(Route route, KernelState.Side side) {
        StringBuilder text = new StringBuilder(route.destination().toString());
        for (NextHop hop : route.nextHops()) {
            hop.gateway().ifPresent(via -> text.append(" via ").append(IpAddresses.format(via)));
            text.append(" dev ").append(side.name(hop.link()));
        }
        if (route.table() != Route.MAIN) {
            text.append(" table ").append(route.table());
        }
        return text.toString();
    }
}
