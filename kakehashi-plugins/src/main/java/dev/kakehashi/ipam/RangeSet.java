package dev.kakehashi.ipam;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Ranges of one family that serve one address together.
 *
 * @param ranges at least one; none overlaps another
 */
record RangeSet(List<Range> ranges) {

    /** An address and the range that it was taken from. */
    record Choice(IpNumber address, Range range) {}

    RangeSet {
        ranges = List.copyOf(ranges);
    }

    /**
     * Checks the ranges one by one and against each other.
     *
     * @throws InvalidRangeException with the text of the reference plugin
     */
    static RangeSet of(List<Range.Spec> specs) throws InvalidRangeException {
        if (specs.isEmpty()) {
            throw new InvalidRangeException("empty range set");
        }
        List<Range> ranges = new ArrayList<>(specs.size());
        for (Range.Spec spec : specs) {
            ranges.add(Range.of(spec));
            if (ranges.getLast().network().v6() != ranges.getFirst().network().v6()) {
                throw new InvalidRangeException("mixed address families");
            }
        }
        for (int i = 0; i < ranges.size(); i++) {
            for (int j = i + 1; j < ranges.size(); j++) {
                if (ranges.get(i).overlaps(ranges.get(j))) {
                    throw new InvalidRangeException(
                            "subnets " + ranges.get(i) + " and " + ranges.get(j) + " overlap");
                }
            }
        }
        return new RangeSet(ranges);
    }

    /** Whether the addresses are IPv6. */
    boolean v6() {
        return ranges.getFirst().network().v6();
    }

    /** The range that contains {@code address}. */
    Optional<Range> rangeOf(IpNumber address) {
        for (Range range : ranges) {
            if (range.contains(address)) {
                return Optional.of(range);
            }
        }
        return Optional.empty();
    }

    /** Whether some address lies in both sets. */
    boolean overlaps(RangeSet other) {
        for (Range mine : ranges) {
            for (Range theirs : other.ranges) {
                if (mine.overlaps(theirs)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * The next address by round robin: the first free one after {@code lastGiven}, through all
     * ranges in their order and around, so that a container that restarts in a loop does not meet
     * its old address (and its peers' stale neighbour entries) until the whole set was used. With
     * an empty {@code lastGiven}, or one outside the set, the first free one of the set. Gateways
     * are never given. Empty when no address is free.
     */
    Optional<Choice> choose(Optional<IpNumber> lastGiven, Set<IpNumber> taken) {
        int start = 0;
        IpNumber after = null;
        for (int i = 0; i < ranges.size() && lastGiven.isPresent(); i++) {
            if (ranges.get(i).contains(lastGiven.get())) {
                start = i;
                after = lastGiven.get();
                break;
            }
        }
        if (after != null) {
            Range range = ranges.get(start);
            if (!after.equals(range.last())) {
                Optional<Choice> found = firstFree(range, after.next(), range.last(), taken);
                if (found.isPresent()) {
                    return found;
                }
            }
            start++;
        }
        for (int i = 0; i < ranges.size(); i++) {
            Range range = ranges.get((start + i) % ranges.size());
            IpNumber end = after != null && i == ranges.size() - 1 ? after : range.last();
            Optional<Choice> found = firstFree(range, range.first(), end, taken);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<Choice> firstFree(
            Range range, IpNumber from, IpNumber to, Set<IpNumber> taken) {
        for (IpNumber address = from; ; address = address.next()) {
            if (!address.equals(range.gateway()) && !taken.contains(address)) {
                return Optional.of(new Choice(address, range));
            }
            if (address.equals(to)) {
                return Optional.empty();
            }
        }
    }

    /** How many addresses the set can give; {@link Long#MAX_VALUE} when there are more. */
    long capacity() {
        long sum = 0;
        for (Range range : ranges) {
            long more = range.capacity();
            sum = more > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + more;
        }
        return sum;
    }

    /** How many of the addresses that the set can give are in {@code taken}. */
    long used(Set<IpNumber> taken) {
        long count = 0;
        for (IpNumber address : taken) {
            for (Range range : ranges) {
                if (range.contains(address) && !address.equals(range.gateway())) {
                    count++;
                }
            }
        }
        return count;
    }

    /** The reference plugin's form: {@code A-B,C-D}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Range range : ranges) {
            text.append(text.isEmpty() ? "" : ",").append(range);
        }
        return text.toString();
    }
}
