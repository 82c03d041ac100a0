package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Network;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The carriers a node has in its kernel, and by which of them it sends to whom.
 *
 * @param held all of them: by each the node can receive, and could send
 * @param usual by what it sends to those that are not named
 * @param others by what it sends to some, by name of their Node
 */
public record Ways(Set<Way> held, Way usual, Map<String, Way> others) {
    /** Copies what it is given; what is sent by must be held. */
    public Ways {
        held = copy(held);
        others = Map.copyOf(others);
        if (!held.contains(usual) || !held.containsAll(others.values())) {
            throw new IllegalArgumentException(
                    "sends by " + usual + " and " + others + ", but has " + held);
        }
    }

    private static Set<Way> copy(Collection<Way> carriers) {
        EnumSet<Way> copy = EnumSet.noneOf(Way.class);
        copy.addAll(carriers);
        return Collections.unmodifiableSet(copy);
    }

    /** One way for everything: that which a network wants. */
    public static Ways settled(Network network) {
        Way way = Way.wanted(network);
        return new Ways(Set.of(way), way, Map.of());
    }

    /** Whether there is more than one carrier. */
    public boolean isMixed() {
        return held.size() > 1;
    }

    /** By what packets go to a node. */
    public Way to(String node) {
        return others.getOrDefault(node, usual);
    }

    /** Whether packets between some nodes may be wrapped by an overlay. */
    boolean permit(Network network, CarrierName overlay) {
        return held.stream()
                .anyMatch(way -> network.spec().withCarrier(way.carrier()).permits(overlay));
    }
}
