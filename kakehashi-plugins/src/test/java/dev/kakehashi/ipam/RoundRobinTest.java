package dev.kakehashi.ipam;

import static dev.kakehashi.ipam.Ips.ip;
import static dev.kakehashi.ipam.Ips.ips;
import static dev.kakehashi.ipam.Ips.set;
import static dev.kakehashi.ipam.Ips.spec;
import static dev.kakehashi.ipam.Ips.subnet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

class RoundRobinTest {

    private static final RangeSet EIGHT = set(subnet("10.0.0.0/29"));

    static Stream<Arguments> steps() {
        RangeSet two = set(subnet("10.0.0.0/30"), subnet("10.0.1.0/30"));
        RangeSet three = set(subnet("10.0.0.0/30"), subnet("10.0.1.0/30"), subnet("10.0.2.0/30"));
        return Stream.of(
                Arguments.of(EIGHT, "", ips(), "10.0.0.2"),
                Arguments.of(set(subnet("2001:db8:1::/64")), "", ips(), "2001:db8:1::2"),
                Arguments.of(set(subnet("10.0.0.0/30")), "", ips(), "10.0.0.2"),
                Arguments.of(EIGHT, "", ips("10.0.0.2"), "10.0.0.3"),
                Arguments.of(EIGHT, "10.0.0.5", ips(), "10.0.0.6"),
                Arguments.of(EIGHT, "10.0.0.3", ips("10.0.0.4", "10.0.0.5"), "10.0.0.6"),
                Arguments.of(EIGHT, "10.0.0.5", ips("10.0.0.6"), "10.0.0.2"),
                Arguments.of(EIGHT, "10.0.0.128", ips("10.0.0.2"), "10.0.0.3"),
                Arguments.of(
                        EIGHT,
                        "10.0.0.3",
                        ips("10.0.0.2", "10.0.0.4", "10.0.0.5", "10.0.0.6"),
                        "10.0.0.3"),
                Arguments.of(two, "", ips(), "10.0.0.2"),
                Arguments.of(two, "10.0.0.2", ips(), "10.0.1.2"),
                Arguments.of(three, "10.0.2.2", ips(), "10.0.0.2"),
                Arguments.of(
                        set(spec("10.0.0.0/29", "10.0.0.3", "10.0.0.5", "10.0.0.4")),
                        "10.0.0.3",
                        ips(),
                        "10.0.0.5"),
                Arguments.of(set(subnet("10.0.0.0/30")), "", ips("10.0.0.2"), "none"),
                Arguments.of(two, "", ips("10.0.0.2", "10.0.1.2"), "none"),
                Arguments.of(two, "10.0.1.2", ips("10.0.0.2", "10.0.1.2"), "none"));
    }

    @ParameterizedTest
    @MethodSource("steps")
    void choose_takesTheNextFreeOne(
            RangeSet set, String last, Set<IpNumber> taken, String expected) {
        Optional<IpNumber> lastGiven = last.isEmpty() ? Optional.empty() : Optional.of(ip(last));
        assertThat(set.choose(lastGiven, taken).map(c -> c.address().toString()).orElse("none"))
                .isEqualTo(expected);
    }

    @Test
    void choose_neverGivesNetworkBroadcastOrGateway() {
        Set<IpNumber> taken = new HashSet<>();
        Optional<IpNumber> last = Optional.empty();
        List<String> given = new ArrayList<>();
        for (Optional<RangeSet.Choice> choice = EIGHT.choose(last, taken);
                choice.isPresent();
                choice = EIGHT.choose(last, taken)) {
            last = choice.map(RangeSet.Choice::address);
            taken.add(last.orElseThrow());
            given.add(last.orElseThrow().toString());
        }
        assertThat(given)
                .containsExactly("10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6");
    }

    /** The model writes all addresses of the set in a row, twice, and reads on from the last. */
    @Test
    void choose_agreesWithTheModel() {
        RandomGenerator random = Seeds.random();
        for (int round = 0; round < 3_000; round++) {
            RangeSet set = randomSet(random);
            List<IpNumber> all = allOf(set);
            Set<IpNumber> taken = new HashSet<>();
            int density = random.nextInt(5);
            for (IpNumber address : all) {
                if (random.nextInt(4) < density) {
                    taken.add(address);
                }
            }
            Optional<IpNumber> last =
                    switch (random.nextInt(4)) {
                        case 0 -> Optional.empty();
                        case 1 -> Optional.of(ip("192.0.2.77"));
                        default -> Optional.of(all.get(random.nextInt(all.size())));
                    };
            assertThat(set.choose(last, taken).map(RangeSet.Choice::address))
                    .as("%s after %s with %s taken", set, last, taken)
                    .isEqualTo(model(set, all, last, taken));
            long usable = all.stream().filter(a -> !isGateway(set, a)).count();
            assertThat(set.capacity()).isEqualTo(usable);
            assertThat(set.used(taken))
                    .isEqualTo(taken.stream().filter(a -> !isGateway(set, a)).count());
        }
    }

    private static Optional<IpNumber> model(
            RangeSet set, List<IpNumber> all, Optional<IpNumber> last, Set<IpNumber> taken) {
        int from = last.map(all::indexOf).orElse(-1) + 1;
        for (int i = 0; i < all.size(); i++) {
            IpNumber candidate = all.get((from + i) % all.size());
            if (!taken.contains(candidate) && !isGateway(set, candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static boolean isGateway(RangeSet set, IpNumber address) {
        return set.rangeOf(address).orElseThrow().gateway().equals(address);
    }

    private static List<IpNumber> allOf(RangeSet set) {
        List<IpNumber> all = new ArrayList<>();
        for (Range range : set.ranges()) {
            for (IpNumber a = range.first(); a.compareTo(range.last()) <= 0; a = a.next()) {
                all.add(a);
            }
        }
        return all;
    }

    private static RangeSet randomSet(RandomGenerator random) {
        boolean v6 = random.nextBoolean();
        Range.Spec[] specs = new Range.Spec[random.nextInt(1, 4)];
        for (int i = 0; i < specs.length; i++) {
            String prefix = v6 ? "2001:db8:0:" + i + ":ffff:ffff:ffff:" : "10.0." + i + ".";
            int size = random.nextInt(4, 17);
            int first = random.nextInt(1, size - 1);
            int last = random.nextInt(first, size - 1);
            int gateway = random.nextInt(1, size - 1);
            specs[i] =
                    spec(
                            v6 ? prefix + "0/120" : prefix + "0/27",
                            prefix + host(v6, first),
                            prefix + host(v6, last),
                            prefix + host(v6, gateway));
        }
        return set(specs);
    }

    private static String host(boolean v6, int number) {
        return v6 ? Integer.toHexString(number) : Integer.toString(number);
    }
}
