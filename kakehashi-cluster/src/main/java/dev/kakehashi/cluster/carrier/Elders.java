package dev.kakehashi.cluster.carrier;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The peers of a compilation, elder ones first, in whatever order they came. To put one among
 * thousands reads a dozen of them.
 */
final class Elders {
    private final List<Claim> claims = new ArrayList<>();
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
                add(claim, more.get(next++));
            }
        }
    }

    private void add(Claim claim, Peer peer) {
        boolean youngest = claims.isEmpty() || Claims.ORDER.compare(claims.getLast(), claim) < 0;
        int index =
                youngest
                        ? claims.size()
                        : -Collections.binarySearch(claims, claim, Claims.ORDER) - 1;
        claims.add(index, claim);
        peers.add(index, peer);
        names.add(index, peer.name());
    }

    /** Takes these away, as far as they are peers; the peers they were. */
    List<Peer> remove(Set<String> gone) {
        List<Peer> removed = new ArrayList<>();
        for (int i = names.size() - 1; i >= 0; i--) {
            if (gone.contains(names.get(i))) {
                claims.remove(i);
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
