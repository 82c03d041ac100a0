package dev.kakehashi.linux.nft;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set or map with its elements.
 *
 * @param set what it is
 * @param elements its elements, sorted by key: the order in which they were given or reported means
 *     nothing
 */
public record SetContents(NftSet set, List<Element> elements) {
    public SetContents {
        List<Element> sorted = new ArrayList<>(elements);
        sorted.sort(Comparator.comparing(Element::key).thenComparing(Element::last));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).key().equals(sorted.get(i - 1).key())) {
                throw new IllegalArgumentException(
                        "the set "
                                + set.name()
                                + " has two elements with the key "
                                + sorted.get(i).key());
            }
        }
        for (Element element : sorted) {
            check(set, element);
        }
        elements = List.copyOf(sorted);
    }

    /** An element must have the shape that its set says. */
    static void check(NftSet set, Element element) {
        if (element.key().length() != NftSet.length(set.key())) {
            throw new IllegalArgumentException(
                    "a key of the set "
                            + set.name()
                            + " has "
                            + NftSet.length(set.key())
                            + " bytes, not "
                            + element.key().length());
        }
        if (element.isRange() && !set.isInterval()) {
            throw new IllegalArgumentException(
                    "the set " + set.name() + " takes no ranges: it has not the flag interval");
        }
        if (element.data().isPresent() != set.isMap()) {
            throw new IllegalArgumentException(
                    set.isMap()
                            ? "elements of the map " + set.name() + " need data"
                            : "elements of the set " + set.name() + " have no data");
        }
    }
}
