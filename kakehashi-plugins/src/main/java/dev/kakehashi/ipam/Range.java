package dev.kakehashi.ipam;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A run of addresses of one subnet, both ends included.
 *
 * @param network the subnet's first address
 * @param prefixLength the subnet's prefix length, which is also that of the addresses given out
 * @param first the lowest address that may be given
 * @param last the highest address that may be given
 * @param gateway the subnet's gateway; never given to a container, even inside the range
 */
record Range(IpNumber network, int prefixLength, IpNumber first, IpNumber last, IpNumber gateway) {

    /** What the configuration says of one range; what it leaves out gets a default. */
    record Spec(
            InetAddress subnet,
            int prefixLength,
            Optional<InetAddress> rangeStart,
            Optional<InetAddress> rangeEnd,
            Optional<InetAddress> gateway) {}

    /**
     * Checks a range and completes it: the gateway and the start default to the subnet's second
     * address, the end to its last one (IPv4: the last before the broadcast address).
     *
     * @throws InvalidRangeException with the text of the reference plugin
     */
    static Range of(Spec spec) throws InvalidRangeException {
        IpNumber network = IpNumber.of(spec.subnet());
        int length = spec.prefixLength();
        if (length > network.width() - 2) {
            throw new InvalidRangeException(
                    "Network " + network + "/" + length + " too small to allocate from");
        }
        IpNumber base = network.firstOf(length);
        if (!base.equals(network)) {
            throw new InvalidRangeException(
                    "Network has host bits set. For a subnet mask of length "
                            + length
                            + " the network address is "
                            + base);
        }
        IpNumber gateway = spec.gateway().map(IpNumber::of).orElseGet(network::next);
        IpNumber first = spec.rangeStart().map(IpNumber::of).orElseGet(network::next);
        boolean afterEnd =
                spec.rangeStart().isPresent()
                        && spec.rangeEnd()
                                .map(IpNumber::of)
                                .filter(end -> end.v6() == first.v6() && end.compareTo(first) < 0)
                                .isPresent();
        if (!inSubnet(network, length, first) || afterEnd) {
            throw notIn("RangeStart", first, network, length);
        }
        IpNumber broadcast = network.lastOf(length);
        IpNumber last =
                spec.rangeEnd()
                        .map(IpNumber::of)
                        .orElseGet(() -> network.v6() ? broadcast : broadcast.previous());
        if (!inSubnet(network, length, last) || last.compareTo(first) < 0) {
            throw notIn("RangeEnd", last, network, length);
        }
        return new Range(network, length, first, last, gateway);
    }

    private static boolean inSubnet(IpNumber network, int length, IpNumber address) {
        return address.v6() == network.v6() && address.firstOf(length).equals(network);
    }

    private static InvalidRangeException notIn(
            String what, IpNumber address, IpNumber network, int length) {
        return new InvalidRangeException(
                what + " " + address + " not in network " + network + "/" + length);
    }

    /** Whether {@code address} lies between the ends of this range. */
    boolean contains(IpNumber address) {
        return address.v6() == network.v6()
                && address.compareTo(first) >= 0
                && address.compareTo(last) <= 0;
    }

    /** Whether some address lies in both ranges. Two parts of one subnet need not overlap. */
    boolean overlaps(Range other) {
        return contains(other.first) || other.contains(first);
    }

    /**
     * How many addresses this range can give, its gateway left out; {@link Long#MAX_VALUE} when
     * there are more.
     */
    long capacity() {
        long all = first.countTo(last);
        return contains(gateway) && all != Long.MAX_VALUE ? all - 1 : all;
    }

    /** The reference plugin's form: {@code FIRST-LAST}. */
    @Override
    public String toString() {
        return first + "-" + last;
    }
}
