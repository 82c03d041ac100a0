package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.node.Seniority;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The peers of a compilation, elder ones first, in whatever order they came. To put one among
 * thousands reads a dozen of them. No Node is kept: a Node is written all the time, and the former
 * ones of thousands are much.
 */
final class Elders {
    private final List<Instant> since = new ArrayList<>();
    private final List<Peer> peers = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final Set<String> unreached = new HashSet<>();

    /**
     * Adds some.
     *
     * @param more those of them that are peers, in the order of what they say
     */
    void add(List<Claim> said, List<Peer> more) {
        int next = 0;
        for (Claim claim : said) {
            if (next < more.size() && more.get(next).name().equals(claim.node().name())) {
                add(claim.node(), more.get(next++));
            }
        }
    }

    private void add(Node node, Peer peer) {
        Instant age = Seniority.since(node);
        int elder = 0;
        int younger = peers.size();
        while (elder < younger) {
            int middle = (elder + younger) >>> 1;
            if (isElder(middle, age, peer.name())) {
                elder = middle + 1;
            } else {
                younger = middle;
            }
        }
        since.add(elder, age);
        peers.add(elder, peer);
        names.add(elder, peer.name());
    }

    /** As {@link Seniority#ORDER}. */
    private boolean isElder(int index, Instant age, String name) {
        int order = since.get(index).compareTo(age);
        return order < 0 || (order == 0 && names.get(index).compareTo(name) < 0);
    }

    /** Takes these away, as far as they are peers; the peers they were. */
    List<Peer> remove(Set<String> gone) {
        List<Peer> removed = new ArrayList<>();
        for (int i = names.size() - 1; i >= 0; i--) {
            if (gone.contains(names.get(i))) {
                since.remove(i);
                removed.add(peers.remove(i));
                names.remove(i);
            }
        }
        unreached.removeAll(gone);
        return removed;
    }

    /** Those of them that no carrier reaches. */
    void unreached(Set<String> others) {
        unreached.addAll(others);
    }

    List<Peer> all() {
        return List.copyOf(peers);
    }

    /** Names of those that are reached. */
    List<String> reached() {
        return unreached.isEmpty()
                ? List.copyOf(names)
                : names.stream().filter(name -> !unreached.contains(name)).toList();
    }
}
