package dev.kakehashi.state;

import dev.kakehashi.linux.IpPrefix;

import java.util.List;
import java.util.Optional;

/**
 * A filter of traffic control that sends everything, or what is of a subnet, to another link, or
 * lets it go on past the filters behind. It needs a {@link Qdisc} that holds filters. Equivalent
 * to: {@code tc filter add dev DEVICE ingress prio PRIORITY u32 match u32 0 0 action mirred egress
 * redirect dev TARGET}, or {@code … protocol ip … u32 match ip dst SUBNET}.
 *
 * @param device interface name
 * @param direction what it looks at
 * @param priority lower is looked at first, 1 to 65535
 * @param subnet of the far side: the destination of what arrives by the link, the source of what
 *     leaves by it; empty for everything
 * @param target the link that it is sent to; empty to let it go on
 * @param redirect whether it goes there, else a copy does
 */
public record Filter(
        String device,
        Direction direction,
        int priority,
        Optional<IpPrefix> subnet,
        Optional<String> target,
        boolean redirect)
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
        target.ifPresent(LinkNames::check);
        if (target.isEmpty() && (subnet.isEmpty() || redirect)) {
            throw new IllegalArgumentException("filter on " + device + " does nothing");
        }
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
        return redirect(device, Direction.INGRESS, priority, target);
    }

    /** Everything leaves by another link instead. */
    public static Filter redirect(String device, Direction direction, int priority, String target) {
        return new Filter(device, direction, priority, Optional.empty(), Optional.of(target), true);
    }

    /** What is of a subnet leaves by another link instead. */
    public static Filter redirect(
            String device, Direction direction, int priority, IpPrefix subnet, String target) {
        return new Filter(
                device,
                direction,
                priority,
                Optional.of(subnet.network()),
                Optional.of(target),
                true);
    }

    /** What is of a subnet is seen by no filter behind. */
    public static Filter pass(String device, Direction direction, int priority, IpPrefix subnet) {
        return new Filter(
                device,
                direction,
                priority,
                Optional.of(subnet.network()),
                Optional.empty(),
                false);
    }
}
