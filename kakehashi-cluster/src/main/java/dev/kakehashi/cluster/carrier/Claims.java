package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Node;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * What Nodes say, each read once: to read the text of thousands again whenever one changes would
 * take most of the time until that one is reached. On one thread only.
 */
public final class Claims {
    private IdentityHashMap<Node, Claim> read = new IdentityHashMap<>();

    /** One that has read nothing. */
    public Claims() {}

    /** What these say; what was read of others is forgotten. */
    List<Claim> of(List<Node> nodes) {
        IdentityHashMap<Node, Claim> next = new IdentityHashMap<>(nodes.size());
        List<Claim> claims = new ArrayList<>(nodes.size());
        for (Node node : nodes) {
            Claim known = read.get(node);
            Claim claim = known == null ? Claim.of(node) : known;
            next.put(node, claim);
            claims.add(claim);
        }
        read = next;
        return claims;
    }
}
