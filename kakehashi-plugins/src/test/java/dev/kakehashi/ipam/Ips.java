package dev.kakehashi.ipam;

import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Short forms for tests. */
final class Ips {

    private Ips() {}

    static IpNumber ip(String literal) {
        return IpNumber.of(InetAddress.ofLiteral(literal));
    }

    static Set<IpNumber> ips(String... literals) {
        return Stream.of(literals).map(Ips::ip).collect(Collectors.toUnmodifiableSet());
    }

    static Range.Spec subnet(String cidr) {
        return spec(cidr, "", "", "");
    }

    static Range.Spec spec(String cidr, String start, String end, String gateway) {
        int slash = cidr.indexOf('/');
        return new Range.Spec(
                InetAddress.ofLiteral(cidr.substring(0, slash)),
                Integer.parseInt(cidr.substring(slash + 1)),
                optional(start),
                optional(end),
                optional(gateway));
    }

    static Range range(String cidr, String start, String end, String gateway) {
        try {
            return Range.of(spec(cidr, start, end, gateway));
        } catch (InvalidRangeException e) {
            throw new AssertionError(e);
        }
    }

    static RangeSet set(Range.Spec... specs) {
        try {
            return RangeSet.of(java.util.List.of(specs));
        } catch (InvalidRangeException e) {
            throw new AssertionError(e);
        }
    }

    private static Optional<InetAddress> optional(String literal) {
        return literal.isEmpty() ? Optional.empty() : Optional.of(InetAddress.ofLiteral(literal));
    }
}
