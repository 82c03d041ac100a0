package dev.kakehashi.state.reconcile;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.rtnetlink.Addresses;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.NextHop;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Difference;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Resource;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Whether a notification of routing netlink may be about something that is wanted. On a busy node
 * most are not: links of pods with all that hangs on them, neighbours that come and go by
 * themselves, addresses that bridges learn, and what whoever listens has changed himself. What is
 * not known to be of no concern is taken to matter.
 */
final class Relevance {
    private final NamespaceId namespace;
    private final IntPredicate own;
    private final EntryRelevance entries;
    private Optional<DesiredState> unread = Optional.empty();
    private DesiredState known = DesiredState.EMPTY;

    /** How much of what is wanted speaks of each link. */
    private final Map<String, Integer> links = new HashMap<>();

    private final Set<Integer> others = new HashSet<>();

    /**
     * Nothing is wanted yet.
     *
     * @param own whether a port number is of a socket by which the wanted is made
     */
    Relevance(NamespaceId namespace, IntPredicate own) {
        this.namespace = namespace;
        this.own = own;
        this.entries = new EntryRelevance(namespace);
    }

    /** From now on this is wanted. */
    synchronized void wanted(DesiredState desired) {
        unread = Optional.of(desired); // who wants it need not wait for the reading
    }

    private void read(DesiredState desired) {
        unread = Optional.empty();
        if (known.isEmpty()) {
            count(desired, 1);
        } else {
            // Of thousands mostly one comes or goes: all of them would take as long as what is
            // done for that one, and at the same time.
            Difference change = desired.since(known);
            count(change.fresh(), 1);
            count(change.replaced(), -1);
            count(change.gone(), -1);
        }
        known = desired;
        entries.wanted(desired);
        others.clear();
    }

    private void count(DesiredState state, int by) {
        for (NamespaceId where : state.namespaces()) {
            for (Resource resource : state.byKey(where).values()) {
                resource.devices().forEach(name -> count(new LinkRef(where, name), by));
                if (resource instanceof Link link) {
                    count(new LinkRef(where, link.name()), by);
                    link.master().ifPresent(name -> count(new LinkRef(where, name), by));
                    link.parent().ifPresent(parent -> count(parent, by));
                    if (link.origin() instanceof LinkOrigin.Moved(LinkRef from)) {
                        count(from, by);
                    }
                }
            }
        }
        entries.count(state, by);
    }

    private void count(LinkRef link, int by) {
        if (link.namespace().equals(namespace)) {
            count(links, link.name(), by);
        }
    }

    static void count(Map<String, Integer> counts, String name, int by) {
        if (counts.merge(name, by, Integer::sum) == 0) {
            counts.remove(name);
        }
    }

    /** Whether a message may matter. */
    synchronized boolean concerns(NetlinkMessage message) {
        unread.ifPresent(this::read);
        try {
            var link = Links.decode(message);
            if (link.isPresent()) {
                return concerns(link.get());
            }
            var address = Addresses.decode(message);
            if (address.isPresent()) {
                return !others.contains(address.get().link());
            }
            var route = Routes.decode(message);
            if (route.isPresent()) {
                return !own.test(message.port()) && concerns(route.get());
            }
            return !EntryRelevance.isSpokenOf(message) || entries.concerns(message, own, others);
        } catch (MalformedMessageException e) {
            return true; // a look at the whole does no harm
        }
    }

    private boolean concerns(dev.kakehashi.linux.rtnetlink.Link link) {
        if (links.containsKey(link.name())) {
            others.remove(link.index());
            return true;
        }
        // A wanted link that was renamed is one that is not among the others yet.
        return others.add(link.index());
    }

    private boolean concerns(dev.kakehashi.linux.rtnetlink.Route route) {
        Optional<NextHop> mine =
                route.nextHops().stream().filter(hop -> !others.contains(hop.link())).findAny();
        return route.nextHops().isEmpty() || mine.isPresent();
    }
}
