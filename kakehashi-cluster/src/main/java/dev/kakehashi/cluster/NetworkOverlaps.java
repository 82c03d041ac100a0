package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Networks that cannot be there at once: an address would be two pods'. Of two that overlap the
 * younger one is set aside; who is set aside keeps no other one from being used. Pure, so that all
 * nodes find the same.
 */
public final class NetworkOverlaps {
    /** Elder networks first; one that does not say since when it exists is the youngest. */
    private static final Comparator<Network> SENIORITY =
            Comparator.comparing(NetworkOverlaps::since).thenComparing(Network::name);

    private NetworkOverlaps() {}

    private static Instant since(Network network) {
        Instant created = network.metadata().created();
        return created.equals(Instant.EPOCH) ? Instant.MAX : created;
    }

    /**
     * Why a network is set aside; empty when it is not.
     *
     * @param all the networks that there are, perhaps with it
     */
    public static Optional<String> problemOf(Network network, List<Network> all) {
        List<Network> elder = new ArrayList<>();
        for (Network other : all) {
            if (!other.name().equals(network.name()) && SENIORITY.compare(other, network) < 0) {
                elder.add(other);
            }
        }
        elder.sort(SENIORITY);
        List<Network> inForce = new ArrayList<>();
        for (Network other : elder) {
            if (inForce.stream().noneMatch(one -> overlap(one, other).isPresent())) {
                inForce.add(other);
            }
        }
        return inForce.stream()
                .flatMap(one -> overlap(network, one).stream())
                .findFirst()
                .map(text ->
                        text
                                + ", which is the elder one; it is set aside until one of the two"
                                + " is changed or deleted");
    }

    /** The condition that says so. */
    public static Condition accepted(Network network, List<Network> all, Instant now) {
        return problemOf(network, all)
                .map(problem ->
                        new Condition(Network.ACCEPTED, Condition.FALSE, "Overlaps", problem, now))
                .orElseGet(
                        () -> new Condition(Network.ACCEPTED, Condition.TRUE, "Accepted", "", now))
                .of(network.generation());
    }

    private static Optional<String> overlap(Network network, Network other) {
        for (IpPrefix mine : network.spec().cidrs()) {
            for (IpPrefix theirs : other.spec().cidrs()) {
                if (mine.overlaps(theirs)) {
                    return Optional.of(
                            mine
                                    + " of Network "
                                    + network.name()
                                    + " overlaps "
                                    + theirs
                                    + " of Network "
                                    + other.name());
                }
            }
        }
        return Optional.empty();
    }
}
