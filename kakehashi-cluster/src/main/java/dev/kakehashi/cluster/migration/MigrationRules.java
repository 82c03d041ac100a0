package dev.kakehashi.cluster.migration;

import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.carrier.Ways;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a node does next on its way to the carrier that its network wants. Pure.
 *
 * <p>Two things must never meet: a node that begins to send by a carrier, and a peer that takes it
 * down. So each says in the store what it is about to do, and then reads what the other says, anew
 * and not out of a watch: whichever of the two said it first is seen by the other.
 */
final class MigrationRules {
    private final String self;
    private final Way wanted;

    MigrationRules(String self, Way wanted) {
        this.self = self;
        this.wanted = wanted;
    }

    /** What the kernel must have for what was said, and for what is wanted. */
    Ways ways(NodeCarriers own, PeerCarriers peers) {
        EnumSet<Way> held = EnumSet.of(wanted, own.usual().now());
        held.addAll(own.receives());
        held.addAll(own.retiring());
        Map<String, Way> others = new HashMap<>();
        for (String peer : peers.byNode().keySet()) {
            Sending sending = own.to(peer);
            held.add(sending.now());
            sending.next().ifPresent(held::add);
            held.add(choice(own, peers, peer));
            if (sending.now() != own.usual().now()) {
                others.put(peer, sending.now());
            }
        }
        return new Ways(held, own.usual().now(), others);
    }

    /** What can be said when the kernel has them. */
    NodeCarriers prepared(NodeCarriers own, Ways ways) {
        EnumSet<Way> receives = EnumSet.copyOf(ways.held());
        receives.removeAll(own.retiring());
        return own.receiving(receives, own.retiring());
    }

    /** Peers to which it would turn to another carrier, if that is found to work. */
    Map<String, Way> candidates(NodeCarriers own, PeerCarriers peers) {
        Map<String, Way> candidates = new TreeMap<>();
        for (String peer : peers.byNode().keySet()) {
            Sending sending = own.to(peer);
            Way choice = choice(own, peers, peer);
            if (sending.next().isEmpty()
                    && choice != sending.now()
                    && peers.receives(peer, sending.now())) {
                candidates.put(peer, choice);
            }
        }
        return candidates;
    }

    /** The carrier by which a peer is best sent to. */
    private Way choice(NodeCarriers own, PeerCarriers peers, String peer) {
        Way now = own.to(peer).now();
        if (peers.receives(peer, wanted)) {
            return wanted;
        }
        if (peers.receives(peer, now)) {
            return now;
        }
        for (Way other : own.receives()) {
            if (peers.receives(peer, other)) {
                return other;
            }
        }
        // A node with an agent of before can do nothing but what it does.
        return peers.byNode().getOrDefault(peer, Optional.empty()).stream()
                .flatMap(said -> said.receives().stream())
                .findFirst()
                .orElse(now);
    }

    /**
     * What it is about to do.
     *
     * @param verified peers by which the other carrier is found to work
     * @param rested whether nothing is on its way any more by what nobody sends by
     */
    NodeCarriers intended(
            NodeCarriers own, PeerCarriers peers, Set<String> verified, boolean rested) {
        // A view of some time ago may lack a node to which it sends by another carrier than usual.
        Map<String, Sending> all = new TreeMap<>(own.others());
        for (String peer : peers.byNode().keySet()) {
            all.put(peer, intended(own, peers, peer, verified.contains(peer)));
        }
        NodeCarriers intended = own.sending(all, wanted);
        EnumSet<Way> receives = EnumSet.copyOf(own.receives());
        EnumSet<Way> retiring = EnumSet.noneOf(Way.class);
        retiring.addAll(own.retiring());
        if (rested) {
            for (Way carrier : own.receives()) {
                if (isIdle(carrier, intended, peers)) {
                    receives.remove(carrier);
                    retiring.add(carrier);
                }
            }
        }
        return intended.receiving(receives, retiring);
    }

    private Sending intended(NodeCarriers own, PeerCarriers peers, String peer, boolean verified) {
        Sending sending = own.to(peer);
        if (sending.next().isPresent()) {
            return sending.now() == wanted ? Sending.by(wanted) : sending;
        }
        Way choice = choice(own, peers, peer);
        boolean turns =
                choice != sending.now() && (verified || !peers.receives(peer, sending.now()));
        return turns ? sending.turningTo(choice) : sending;
    }

    /** Whether a carrier is held that nobody needs. */
    boolean hasIdle(NodeCarriers own, PeerCarriers peers) {
        return own.receives().stream().anyMatch(carrier -> isIdle(carrier, own, peers));
    }

    private boolean isIdle(Way carrier, NodeCarriers own, PeerCarriers peers) {
        return carrier != wanted && !sendsBy(carrier, own, peers) && !peers.maySend(self, carrier);
    }

    private static boolean sendsBy(Way carrier, NodeCarriers own, PeerCarriers peers) {
        return own.usual().mayBe(carrier)
                || peers.byNode().keySet().stream().anyMatch(p -> own.to(p).mayBe(carrier));
    }

    /** Whether something is begun that must be concluded, or of a node that may be no more. */
    static boolean isPending(NodeCarriers own, PeerCarriers peers) {
        return !own.retiring().isEmpty()
                || own.others().entrySet().stream()
                        .anyMatch(other ->
                                other.getValue().next().isPresent()
                                        || !peers.byNode().containsKey(other.getKey()));
    }

    /**
     * What comes of what was begun.
     *
     * @param peers what the others say, read after it was said
     */
    NodeCarriers concluded(NodeCarriers intended, PeerCarriers peers) {
        Map<String, Sending> all = new TreeMap<>();
        for (String peer : peers.byNode().keySet()) {
            Sending sending = intended.to(peer);
            all.put(
                    peer,
                    Sending.by(
                            sending.next()
                                    .filter(next -> peers.receives(peer, next))
                                    .orElse(sending.now())));
        }
        NodeCarriers concluded = intended.sending(all, wanted);
        EnumSet<Way> receives = EnumSet.noneOf(Way.class);
        receives.addAll(intended.receives());
        for (Way carrier : intended.retiring()) {
            if (carrier == wanted
                    || sendsBy(carrier, concluded, peers)
                    || peers.maySend(self, carrier)) {
                receives.add(carrier);
            }
        }
        return concluded.receiving(receives, Set.of());
    }
}
