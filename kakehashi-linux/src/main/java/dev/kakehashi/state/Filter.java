package dev.kakehashi.state;

import java.util.List;

/**
 * A filter of traffic control that sends everything to another link. It needs a {@link Qdisc} that
 * holds filters. Equivalent to: {@code tc filter add dev DEVICE ingress prio PRIORITY u32 match u32
 * 0 0 action mirred egress redirect dev TARGET}.
 *
 * @param device interface name
 * @param direction what it looks at
 * @param priority lower is looked at first, 1 to 65535
 * @param target the link that everything is sent to
 * @param redirect whether everything goes there, else a copy does
 */
public record Filter(
        String device, Direction direction, int priority, String target, boolean redirect)
        implements Resource {

    /** What a filter looks at. */
    public enum Direction {
        /** What arrives by the link. */
        INGRESS,
        /** What leaves by it. */
        EGRESS
    }

    /** A filter is known by its link, direction and priority. */
    public record Key(String device, Direction direction, int priority) implements ResourceKey {
        @Override
        public String toString() {
            return (direction == Direction.INGRESS ? "ingress" : "egress")
                    + " filter "
                    + priority
                    + " on "
                    + device;
        }
    }

    public Filter {
        LinkNames.check(device);
        LinkNames.check(target);
        if (priority < 1 || priority > 0xffff) {
            throw new IllegalArgumentException(
                    "filter on " + device + ": priority " + priority + " is not in 1-65535");
        }
    }

    @Override
    public List<String> devices() {
        return List.of(device);
    }

    @Override
    public Key key() {
        return new Key(device, direction, priority);
    }

    @Override
    public Relation relation() {
        return Relation.OWNED;
    }

    /** Everything that arrives by a link leaves by another instead. */
    public static Filter redirect(String device, int priority, String target) {
        return new Filter(device, Direction.INGRESS, priority, target, true);
    }
}
