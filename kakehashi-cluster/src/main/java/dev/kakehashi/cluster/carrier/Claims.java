package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.ListChange;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.node.Seniority;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
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
    private Map<String, Claim> read = new HashMap<>();
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
        Map<String, Claim> next = HashMap.newHashMap(nodes.size());
        List<Claim> claims = new ArrayList<>(nodes.size());
        for (Node node : nodes) {
            if (!node.name().equals(self)) {
                Claim claim = of(node);
                next.put(node.name(), claim);
                claims.add(claim);
            }
        }
        read = next;
        claims.sort(ORDER);
        youngest = claims.isEmpty() ? Optional.empty() : Optional.of(claims.getLast());
        return claims;
    }

    @SuppressWarnings(
            "ReferenceEquality") // the mirror has the same one as long as it says the same
    private Claim of(Node node) {
        Claim known = read.get(node.name());
        return known != null && known.node() == node ? known : Claim.of(node);
    }

    /**
     * Another membership. Of a node that says something else what it said is gone, and it came.
     *
     * @param gone names of the nodes that are no more
     * @param more what those say that came, elder nodes first
     * @param younger whether those that came are younger than all others
     */
    record Change(Set<String> gone, List<Claim> more, boolean younger) {}

    /**
     * What is another than before.
     *
     * @param change what is another than in the Nodes read last
     * @param moved names of nodes whose pods are elsewhere now, whatever they say themselves
     */
    Change change(ListChange<Node> change, Set<String> moved) {
        Map<String, Claim> before = new HashMap<>();
        for (Node node : change.gone()) {
            Claim claim = read.remove(node.name());
            if (claim != null) {
                before.put(node.name(), claim);
            }
        }
        Set<String> gone = new HashSet<>(before.keySet());
        Map<String, Claim> more = new HashMap<>();
        for (Node node : change.come()) {
            if (!node.name().equals(self)) {
                Claim claim = Claim.of(node);
                read.put(node.name(), claim);
                Claim earlier = before.get(node.name());
                if (earlier != null && earlier.saysTheSame(claim)) {
                    gone.remove(node.name());
                } else {
                    more.put(node.name(), claim);
                }
            }
        }
        for (String name : moved) {
            Claim claim = read.get(name);
            if (claim != null) {
                gone.add(name);
                more.put(name, claim);
            }
        }
        List<Claim> come = more.values().stream().sorted(ORDER).toList();
        boolean younger = areYoungest(come);
        if (!come.isEmpty() && areYoungest(List.of(come.getLast()))) {
            youngest = Optional.of(come.getLast());
        }
        return new Change(gone, come, younger);
    }

    private boolean areYoungest(List<Claim> more) {
        return more.isEmpty()
                || youngest.isEmpty()
                || ORDER.compare(youngest.get(), more.getFirst()) < 0;
    }
}
