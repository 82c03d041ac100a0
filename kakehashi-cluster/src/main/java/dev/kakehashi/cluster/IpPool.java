package dev.kakehashi.cluster;

import java.time.Instant;

/**
 * A range of addresses for pods, divided into blocks that nodes claim ({@code
 * kakehashi.dev/v1alpha1 IPPool}).
 *
 * @param metadata name and annotations
 * @param spec what is wanted
 * @param status what was accepted
 * @param origin the object as it was read
 */
public record IpPool(Metadata metadata, IpPoolSpec spec, IpPoolStatus status, Tree origin)
        implements ClusterObject {
    /** A pool that nobody has looked at yet. */
    public static IpPool of(String name, IpPoolSpec spec) {
        return new IpPool(Metadata.named(name), spec, IpPoolStatus.UNSEEN, Tree.empty());
    }

    /** The same pool with another spec. */
    public IpPool withSpec(IpPoolSpec other) {
        return new IpPool(metadata, other, status, origin);
    }

    /** The same pool with another status. */
    public IpPool withStatus(IpPoolStatus other) {
        return new IpPool(metadata, spec, other, origin);
    }

    /**
     * The same pool with another status, and with the condition that says the same to who knows no
     * phases: whether addresses can be had of it.
     */
    public IpPool saying(IpPoolStatus next, Instant now) {
        Condition ready = ready(next, now).of(generation());
        return withStatus(next.withConditions(ready.replaceIn(next.conditions())));
    }

    private Condition ready(IpPoolStatus next, Instant now) {
        String phase = next.phase().toString();
        String message = next.message();
        if (next.phase() != IpPoolStatus.Phase.ACTIVE) {
            String said = message.isEmpty() ? "it is compared with the other pools" : message;
            return new Condition(IpPoolStatus.READY, Condition.FALSE, phase, said, now);
        }
        if (spec.disabled()) {
            String said = "spec.disabled: no new address is given, those in use stay";
            return new Condition(IpPoolStatus.READY, Condition.FALSE, "Disabled", said, now);
        }
        return new Condition(
                IpPoolStatus.READY,
                Condition.TRUE,
                message.isEmpty() ? phase : "SpecNotInForce",
                message,
                now);
    }

    /** Whether blocks may be claimed of it. */
    public boolean isUsable() {
        return status.phase() == IpPoolStatus.Phase.ACTIVE && !spec.disabled();
    }
}
