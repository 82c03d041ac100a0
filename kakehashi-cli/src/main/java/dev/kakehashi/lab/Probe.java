package dev.kakehashi.lab;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * One direction of the reachability matrix and what came of it.
 *
 * @param from who asked
 * @param to who was asked
 * @param expectedSource the source address that {@code to} must see: the pod's own inside the
 *     cluster, the node's for a packet that leaves it
 * @param answer what came back, if anything did
 */
record Probe(Endpoint from, Endpoint to, InetAddress expectedSource, Optional<Answer> answer) {

    /**
     * @param seenSource the source address as the answering side saw it
     * @param roundTrip from the last sending of the question to the answer; empty when many were
     *     asked at once, which tells of the queue and not of the way
     */
    record Answer(InetAddress seenSource, Optional<Duration> roundTrip) {}

    Way way() {
        boolean sameNode = from.node().equals(to.node());
        return switch (to.kind()) {
            case POD -> sameNode ? Way.SAME_NODE : Way.OTHER_NODE;
            case NODE -> Way.OWN_NODE;
            case OUTSIDE -> Way.OUTSIDE;
        };
    }

    boolean reached() {
        return answer.isPresent();
    }

    /** Reached, and seen under the right address. */
    boolean ok() {
        return answer.filter(a -> a.seenSource().equals(expectedSource)).isPresent();
    }

    /** The same, not asked yet. */
    Probe again() {
        return new Probe(from, to, expectedSource, Optional.empty());
    }

    Probe answered(Answer answer) {
        return new Probe(from, to, expectedSource, Optional.of(answer));
    }
}
