package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.ListChange;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.node.Seniority;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What Nodes say, each read once: to read the text of thousands again whenever one changes would
 * take most of the time until that one is reached. On one thread only.
 */
final class Claims {
    /** Who was there first is believed first. */
    private static final Comparator<Claim> ORDER =
            Comparator.comparing(Claim::node, Seniority.ORDER);

    private final String self;
    private IdentityHashMap<Node, Claim> read = new IdentityHashMap<>();
    private Optional<Claim> youngest = Optional.empty();

    /**
     * Nothing is read yet.
     *
     * @param self the name of the node itself, which is passed over
     */
    Claims(String self) {
        this.self = self;
    }

    /** What these say, elder nodes first; what was read of others is forgotten. */
    List<Claim> of(List<Node> nodes) {
        IdentityHashMap<Node, Claim> next = new IdentityHashMap<>(nodes.size());
        List<Claim> claims = new ArrayList<>(nodes.size());
        for (Node node : nodes) {
            if (!node.name().equals(self)) {
                Claim known = read.get(node);
                Claim claim = known == null ? Claim.of(node) : known;
                next.put(node, claim);
                claims.add(claim);
            }
        }
        read = next;
        claims.sort(ORDER);
        youngest = claims.isEmpty() ? Optional.empty() : Optional.of(claims.getLast());
        return claims;
    }

    /**
     * Another membership.
     *
     * @param gone names of the nodes that are no more
     * @param more what those say that came, elder nodes first
     */
    record Change(Set<String> gone, List<Claim> more) {
        boolean isNone() {
            return gone.isEmpty() && more.isEmpty();
        }
    }

    /**
     * What is another than before: when all that stay say the same still, and whoever came is
     * younger than all there were. Empty when it is not so; then all must be read again.
     *
     * @param change what is another than in the Nodes read last
     */
    Optional<Change> change(ListChange<Node> change) {
        Map<String, Claim> before = new HashMap<>();
        for (Node node : change.gone()) {
            Claim claim = read.remove(node);
            if (claim != null) {
                before.put(node.name(), claim);
            }
        }
        List<Claim> more = new ArrayList<>();
        for (Node node : change.come()) {
            if (!node.name().equals(self)) {
                Claim claim = Claim.of(node);
                read.put(node, claim);
                Claim earlier = before.remove(node.name());
                if (earlier == null) {
                    more.add(claim);
                } else if (!earlier.saysTheSame(claim)) {
                    return Optional.empty();
                }
            }
        }
        more.sort(ORDER);
        if (!areYoungest(more)) {
            return Optional.empty();
        }
        if (!more.isEmpty()) {
            youngest = Optional.of(more.getLast());
        }
        return Optional.of(new Change(before.keySet(), more));
    }

    private boolean areYoungest(List<Claim> more) {
        return more.isEmpty()
                || youngest.isEmpty()
                || ORDER.compare(youngest.get(), more.getFirst()) < 0;
    }
}
