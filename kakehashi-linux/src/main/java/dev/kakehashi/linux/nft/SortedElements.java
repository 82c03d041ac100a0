package dev.kakehashi.linux.nft;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.RandomAccess;

/**
 * The elements of a set, sorted by key, each of which fits the set. It is found out once that they
 * do: a set of thousands that grows by one is neither sorted nor read again, only copied.
 */
final class SortedElements extends AbstractList<Element> implements RandomAccess {
    private static final Comparator<Element> ORDER =
            Comparator.comparing(Element::key).thenComparing(Element::last);

    private final NftSet set;
    private final Element[] elements;

    private SortedElements(NftSet set, Element[] elements) {
        this.set = set;
        this.elements = elements;
    }

    /**
     * Sorts them, unless they are of this set already.
     *
     * @throws IllegalArgumentException when one does not fit, or two have one key
     */
    static SortedElements of(NftSet set, Collection<Element> elements) {
        if (elements instanceof SortedElements sorted && sorted.set.equals(set)) {
            return sorted;
        }
        Element[] sorted = elements.toArray(Element[]::new);
        Arrays.sort(sorted, ORDER);
        for (int i = 0; i < sorted.length; i++) {
            check(set, sorted[i]);
            if (i > 0) {
                checkApart(set, sorted[i - 1], sorted[i]);
            }
        }
        return new SortedElements(set, sorted);
    }

    /** These and more. */
    SortedElements with(Collection<Element> more) {
        Element[] all = Arrays.copyOf(elements, elements.length + more.size());
        int size = elements.length;
        for (Element element : more) {
            check(set, element);
            int found = Arrays.binarySearch(all, 0, size, element, ORDER);
            int place = found < 0 ? -1 - found : found;
            if (place > 0) {
                checkApart(set, all[place - 1], element);
            }
            if (place < size) {
                checkApart(set, element, all[place]);
            }
            System.arraycopy(all, place, all, place + 1, size - place);
            all[place] = element;
            size++;
        }
        return new SortedElements(set, all);
    }

    /** These but for some, which need not be among them. */
    SortedElements without(Collection<Element> gone) {
        Element[] rest = elements.clone();
        int size = rest.length;
        for (Element element : gone) {
            int place = Arrays.binarySearch(rest, 0, size, element, ORDER);
            if (place >= 0) {
                size--;
                System.arraycopy(rest, place + 1, rest, place, size - place);
            }
        }
        return new SortedElements(set, Arrays.copyOf(rest, size));
    }

    private static void checkApart(NftSet set, Element one, Element next) {
        if (one.key().equals(next.key())) {
            throw new IllegalArgumentException(
                    "the set " + set.name() + " has two elements with the key " + next.key());
        }
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

    @Override
    public Element get(int index) {
        return elements[index];
    }

    @Override
    public int size() {
        return elements.length;
    }

    /** Looks at identity first, which reads nothing of elements that are the same objects. */
    @Override
    public boolean equals(Object other) {
        return other instanceof SortedElements that
                ? Arrays.equals(elements, that.elements)
                : super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
