package dev.kakehashi.cluster;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * What is the case with an object (Kubernetes Condition).
 *
 * @param type what the condition is about, such as {@link #NETWORK_UNAVAILABLE}
 * @param status {@code True}, {@code False} or {@code Unknown}
 * @param reason one word for programs
 * @param message a sentence for people
 * @param lastTransition when the status last changed, to the second; {@link Instant#EPOCH} when
 *     unknown
 * @param observedGeneration the object's generation that this is said of; 0 when none is told
 */
public record Condition(
        String type,
        String status,
        String reason,
        String message,
        Instant lastTransition,
        long observedGeneration) {
    /** The type by which Kubernetes keeps pods off a node (core/v1, NodeNetworkUnavailable). */
    public static final String NETWORK_UNAVAILABLE = "NetworkUnavailable";

    /** The status of a condition that holds. */
    public static final String TRUE = "True";

    /** The status of a condition that does not hold. */
    public static final String FALSE = "False";

    /** Kubernetes keeps times in conditions to the second. */
    public Condition {
        lastTransition = lastTransition.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Without a generation. */
    public Condition(
            String type, String status, String reason, String message, Instant lastTransition) {
        this(type, status, reason, message, lastTransition, 0);
    }

    /** The same, said of a generation of the object. */
    public Condition of(long generation) {
        return new Condition(type, status, reason, message, lastTransition, generation);
    }

    /**
     * {@code conditions} with this one in the place of that of the same type. The time of
     * transition stays when the status did not change, so that writing the same condition again
     * changes nothing.
     */
    public List<Condition> replaceIn(List<Condition> conditions) {
        List<Condition> changed = new ArrayList<>();
        boolean replaced = false;
        for (Condition old : conditions) {
            if (old.type.equals(type)) {
                Instant since = old.status.equals(status) ? old.lastTransition : lastTransition;
                changed.add(
                        new Condition(type, status, reason, message, since, observedGeneration));
                replaced = true;
            } else {
                changed.add(old);
            }
        }
        if (!replaced) {
            changed.add(this);
        }
        return changed;
    }
}
