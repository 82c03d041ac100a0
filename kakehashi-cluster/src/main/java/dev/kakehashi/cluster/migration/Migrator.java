package dev.kakehashi.cluster.migration;

import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.carrier.Ways;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Brings a node to the carrier that its network wants, peer by peer: prepares it, looks whether it
 * works, turns to it, and takes the old one down when nobody sends by it. Each run does what can be
 * done now. It may end anywhere, by an exception or with its process: the next one, or another
 * process that begins with what was said last, goes on from there. On one thread only.
 */
public final class Migrator {
    /**
     * What a node does in the world.
     *
     * @param <E> what it throws when it cannot
     */
    public interface Site<E extends Exception> {
        /** Makes the kernel so. */
        void keep(Ways ways) throws E, InterruptedException;

        /**
         * Sends something to peers by carriers that are not in use yet.
         *
         * @return the peers that answered
         */
        Set<String> verify(Map<String, Way> candidates) throws E, InterruptedException;

        /** Says it in the store; returns when everybody who reads the store reads it. */
        void publish(NodeCarriers said) throws E, InterruptedException;

        /** Reads in the store what the others say, no earlier than the call. */
        PeerCarriers read() throws E;
    }

    /**
     * How long after the last peer has turned away from a carrier its packets may still be on their
     * way.
     */
    private static final long REST_NANOS = 1_000_000_000L;

    private final String self;
    private final LongSupplier clock;
    private NodeCarriers own;
    private Optional<Long> idleSince = Optional.empty();

    /**
     * Begins, or goes on.
     *
     * @param self name of the Node
     * @param said what the node said last ({@link CarriersAnnotation#own}), not out of a watch
     * @param clock nanoseconds that never go back ({@link System#nanoTime})
     */
    public Migrator(String self, NodeCarriers said, LongSupplier clock) {
        this.self = self;
        this.own = said;
        this.clock = clock;
    }

    /** What the node is to say of itself now; it may be said at any time. */
    public NodeCarriers own() {
        return own;
    }

    /**
     * Does what can be done now. Afterwards {@link #own} is to be said in the store, if it is
     * another than before.
     *
     * @param peers what the others say, as far as it is known
     */
    public <E extends Exception> void run(Way wanted, PeerCarriers peers, Site<E> site)
            throws E, InterruptedException {
        MigrationRules rules = new MigrationRules(self, wanted);
        Ways ways = rules.ways(own, peers);
        site.keep(ways);
        own = rules.prepared(own, ways);
        Map<String, Way> candidates = rules.candidates(own, peers);
        Set<String> verified = candidates.isEmpty() ? Set.of() : site.verify(candidates);
        NodeCarriers intended = rules.intended(own, peers, verified, isRested(rules, peers));
        if (!MigrationRules.isPending(intended, peers)) {
            own = intended;
            return;
        }
        site.publish(intended);
        own = intended;
        PeerCarriers now = site.read();
        NodeCarriers concluded = rules.concluded(intended, now);
        site.keep(rules.ways(concluded, now));
        own = concluded;
        site.publish(concluded);
    }

    /** Keeps what was said, and begins nothing. */
    public <E extends Exception> void stay(PeerCarriers peers, Site<E> site)
            throws E, InterruptedException {
        site.keep(ways(self, own, peers));
    }

    /** What the kernel of a node must have for what the node has said. */
    public static Ways ways(String self, NodeCarriers said, PeerCarriers peers) {
        return new MigrationRules(self, said.usual().now()).ways(said, peers);
    }

    private boolean isRested(MigrationRules rules, PeerCarriers peers) {
        if (!rules.hasIdle(own, peers)) {
            idleSince = Optional.empty();
            return false;
        }
        long since = idleSince.orElseGet(clock::getAsLong);
        idleSince = Optional.of(since);
        return clock.getAsLong() - since >= REST_NANOS;
    }
}
