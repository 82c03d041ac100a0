package dev.kakehashi.cluster;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * How the sessions of a BGPPeer are, as the nodes say. A node writes only when a session of its own
 * goes down or comes up again, and no more than {@link #MOST} nodes are named: thousands that lose
 * one router do not write one object thousands of times.
 *
 * @param conditions {@code Established}, and those of others
 * @param down nodes on which a session does not stand, by their names
 */
public record BgpPeerStatus(List<Condition> conditions, List<Down> down) {
    /** The condition that tells whether the sessions stand. */
    public static final String ESTABLISHED = "Established";

    /** So many nodes are named. */
    public static final int MOST = 10;

    /** Nobody has said anything. */
    public static final BgpPeerStatus UNSEEN = new BgpPeerStatus(List.of(), List.of());

    /**
     * A session that does not stand.
     *
     * @param node the node's name
     * @param reason why, for people
     */
    public record Down(String node, String reason) {}

    /** Copies the lists. */
    public BgpPeerStatus {
        conditions = List.copyOf(conditions);
        down = List.copyOf(down);
    }

    /** Whether a node is named as one on which a session does not stand. */
    public boolean names(String node) {
        return down.stream().anyMatch(one -> one.node().equals(node));
    }

    /**
     * What it is when a node has said how its session is.
     *
     * @param reason why it does not stand; empty: it does, or the node has none any more
     * @param exists whether there is a Node of a name: those that are gone are not waited for
     */
    public BgpPeerStatus said(
            String node, Optional<String> reason, Predicate<String> exists, Instant now) {
        List<Down> named = new ArrayList<>(down);
        named.removeIf(one -> one.node().equals(node) || !exists.test(one.node()));
        if (reason.isPresent() && named.size() < MOST) {
            named.add(new Down(node, reason.get()));
        }
        named.sort(Comparator.comparing(Down::node));
        Condition condition =
                new Condition(
                        ESTABLISHED,
                        named.isEmpty() ? Condition.TRUE : Condition.FALSE,
                        named.isEmpty() ? ESTABLISHED : "NotEstablished",
                        named.stream()
                                        .map(one -> one.node() + ": " + one.reason())
                                        .collect(Collectors.joining("; "))
                                + (named.size() == MOST ? "; and perhaps more" : ""),
                        now);
        return new BgpPeerStatus(condition.replaceIn(conditions), named);
    }
}
