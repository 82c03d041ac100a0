package dev.kakehashi.state.reconcile;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.rtnetlink.Fdb;
import dev.kakehashi.linux.rtnetlink.Neighbours;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.Resource;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Whether a notification of neighbours or forwarding entries may be about one that is wanted. It is
 * looked for by what it is known by, on all devices that have wanted ones: these are few, and their
 * indexes change when they are made anew. Proxy neighbours are not among them: no notification is
 * about one, and those about a neighbour of the same address are about another entry.
 */
final class EntryRelevance {
    /** {@code RTM_NEWNEIGH} and {@code RTM_DELNEIGH}, linux/rtnetlink.h. */
    private static final int NEWNEIGH = 28;

    private static final int DELNEIGH = 29;

    private final NamespaceId namespace;
    private DesiredState wanted = DesiredState.EMPTY;

    /** How many neighbours are wanted on each device, and how many forwarding entries. */
    private final Map<String, Integer> neighbourDevices = new HashMap<>();

    private final Map<String, Integer> fdbDevices = new HashMap<>();

    EntryRelevance(NamespaceId namespace) {
        this.namespace = namespace;
    }

    /** From now on this is wanted, which is what was counted. */
    void wanted(DesiredState desired) {
        wanted = desired;
    }

    /** Counts a part of it that came, by 1, or is gone, by -1. */
    void count(DesiredState part, int by) {
        for (Resource resource : part.byKey(namespace).values()) {
            if (resource instanceof Neighbour neighbour && !neighbour.isProxy()) {
                Relevance.count(neighbourDevices, neighbour.device(), by);
            } else if (resource instanceof FdbEntry entry) {
                Relevance.count(fdbDevices, entry.device(), by);
            }
        }
    }

    static boolean isSpokenOf(NetlinkMessage message) {
        return message.type() == NEWNEIGH || message.type() == DELNEIGH;
    }

    /**
     * Whether a message may matter.
     *
     * @param own whether a port number is of a socket by which the wanted is made
     * @param others indexes of links of which nothing is wanted
     */
    boolean concerns(NetlinkMessage message, IntPredicate own, Set<Integer> others)
            throws MalformedMessageException {
        boolean isThere = message.type() == NEWNEIGH;
        var entry = Fdb.decode(message);
        if (entry.isPresent() && entry.get().isSelf()) {
            return concerns(entry.get(), isThere);
        }
        if (entry.isPresent()) {
            return !others.contains(entry.get().link()) && (!isThere || entry.get().isStatic());
        }
        var neighbour = Neighbours.decode(message);
        return !own.test(message.port())
                && (neighbour.isEmpty() || isWanted(neighbour.get().address()));
    }

    /**
     * The kernel does not say by whom an entry of a device was changed (vxlan_fdb_info is given
     * port 0), so what it says is compared.
     */
    private boolean concerns(dev.kakehashi.linux.rtnetlink.FdbEntry told, boolean isThere) {
        for (String device : fdbDevices.keySet()) {
            FdbEntry entry = new FdbEntry(device, told.mac(), told.destination(), told.vlan());
            Resource there = wanted.byKey(namespace).get(entry.key());
            if (there != null && !(isThere && there.equals(entry))) {
                return true;
            }
        }
        return false;
    }

    private boolean isWanted(InetAddress address) {
        for (String device : neighbourDevices.keySet()) {
            if (wanted.byKey(namespace).containsKey(new Neighbour.Key(device, address, false))) {
                return true;
            }
        }
        return false;
    }
}
