package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.ListChange;

import java.util.List;
import java.util.Optional;

/**
 * A list of which something holds for every element, so that of a later one only what came is
 * looked into: to look into thousands of Nodes whenever one changes takes milliseconds. On one
 * thread only.
 *
 * @param <G> what it depends on besides the elements
 * @param <T> the type of the elements
 */
final class Vetted<G, T> {
    private Optional<G> ground = Optional.empty();
    private List<T> list = List.of();

    /** What of a list must be looked into: all where it now depends on something else. */
    List<T> unknown(G now, List<T> all) {
        return ground.equals(Optional.of(now)) ? ListChange.between(list, all).come() : all;
    }

    /** It holds for all of these. */
    void holds(G now, List<T> all) {
        ground = Optional.of(now);
        list = all;
    }

    /** It does not hold for some. */
    void fails() {
        ground = Optional.empty();
        list = List.of();
    }
}
