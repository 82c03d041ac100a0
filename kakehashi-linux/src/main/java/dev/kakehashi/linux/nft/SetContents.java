package dev.kakehashi.linux.nft;

import java.util.Collection;
import java.util.List;

/**
 * A set or map with its elements.
 *
 * @param set what it is
 * @param elements its elements, sorted by key: the order in which they were given or reported means
 *     nothing
 */
public record SetContents(NftSet set, List<Element> elements) {
    /** Copies and sorts the elements; those of another of this set are taken as they are. */
    public SetContents {
        elements = SortedElements.of(set, elements);
    }

    /**
     * The same with more elements: those that there are, perhaps thousands, are not sorted again.
     *
     * @throws IllegalArgumentException when one does not fit the set or its key is there
     */
    public SetContents with(Collection<Element> more) {
        return new SetContents(set, SortedElements.of(set, elements).with(more));
    }

    /** The same without some elements, which need not be there. */
    public SetContents without(Collection<Element> gone) {
        return new SetContents(set, SortedElements.of(set, elements).without(gone));
    }
}
