package dev.kakehashi.cluster.node;

import dev.kakehashi.cluster.Node;

import java.time.Instant;
import java.util.Comparator;

/**
 * Who was there first. When two nodes say the same of themselves, such as one subnet, the elder is
 * believed: a new or forged Node takes nothing away from one that works. A Node that does not say
 * since when it exists is the youngest.
 */
public final class Seniority {
    /** Elder nodes first; nodes of one age by name. */
    public static final Comparator<Node> ORDER =
            Comparator.comparing(Seniority::since).thenComparing(Node::name);

    private Seniority() {}

    static boolean isElder(Node left, Node right) {
        return ORDER.compare(left, right) < 0;
    }

    /** Since when a Node exists; the end of time for one that does not say it. */
    public static Instant since(Node node) {
        Instant created = node.metadata().created();
        return created.equals(Instant.EPOCH) ? Instant.MAX : created;
    }
}
