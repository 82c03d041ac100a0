package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

import java.util.List;
import java.util.Optional;

/**
 * What the nodes made of an IPPool. Once a pool is active its range and block size here are in
 * force, whatever its spec says later: blocks of two sizes would overlap.
 *
 * @param phase how far the pool is
 * @param cidr the range that is in force; empty before
 * @param blockSize the block size that is in force; 0 before
 * @param message why the pool is not used, or what of its spec is not in force; may be empty
 * @param conditions {@code Ready}, and those of others
 */
public record IpPoolStatus(
        Phase phase,
        Optional<IpPrefix> cidr,
        int blockSize,
        String message,
        List<Condition> conditions) {
    /** The condition that tells whether addresses can be had of the pool. */
    public static final String READY = "Ready";

    /** How far a pool is. */
    public enum Phase {
        /** Nobody has looked at it. */
        UNSEEN(""),
        /** A node compares it with the other pools. */
        PENDING("Pending"),
        /** Blocks may be claimed of it. */
        ACTIVE("Active"),
        /** It cannot be used, and the message says why. */
        REFUSED("Refused");

        private final String text;

        Phase(String text) {
            this.text = text;
        }

        /** As it is written in YAML. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** Of a pool that nobody has looked at. */
    public static final IpPoolStatus UNSEEN =
            new IpPoolStatus(Phase.UNSEEN, Optional.empty(), 0, "", List.of());

    /** Copies the conditions. */
    public IpPoolStatus {
        conditions = List.copyOf(conditions);
    }

    /** The spec is being compared with the other pools. */
    public static IpPoolStatus pending(IpPoolSpec spec) {
        return new IpPoolStatus(
                Phase.PENDING, Optional.of(spec.cidr()), spec.blockSize(), "", List.of());
    }

    /** Range and block size are in force. */
    public static IpPoolStatus active(IpPrefix cidr, int blockSize) {
        return new IpPoolStatus(Phase.ACTIVE, Optional.of(cidr), blockSize, "", List.of());
    }

    /** The pool cannot be used. */
    public static IpPoolStatus refused(String reason) {
        return new IpPoolStatus(Phase.REFUSED, Optional.empty(), 0, reason, List.of());
    }

    /** The same with another message. */
    public IpPoolStatus withMessage(String other) {
        return new IpPoolStatus(phase, cidr, blockSize, other, conditions);
    }

    /** The same with other conditions. */
    public IpPoolStatus withConditions(List<Condition> other) {
        return new IpPoolStatus(phase, cidr, blockSize, message, other);
    }
}
