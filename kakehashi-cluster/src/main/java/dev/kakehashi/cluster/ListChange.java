package dev.kakehashi.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * What is another in a list than in an earlier one, by the identity of its elements: none is looked
 * into, so that thousands cost next to nothing where few changed. The earlier list without what is
 * gone and with what came has the elements of the later one.
 *
 * @param gone what was in the earlier list only
 * @param come what is in the later list only
 */
public record ListChange<T>(List<T> gone, List<T> come) {
    /** Copies the lists. */
    public ListChange {
        gone = List.copyOf(gone);
        come = List.copyOf(come);
    }

    /**
     * Compares two lists. Both are read once, side by side; of elements that stand elsewhere in the
     * later list some may be said to be gone and to have come.
     */
    public static <T> ListChange<T> between(List<T> before, List<T> after) {
        List<T> gone = new ArrayList<>();
        List<T> come = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() && j < after.size()) {
            if (isAt(before, i, after.get(j))) {
                i++;
                j++;
            } else if (isAt(after, j + 1, before.get(i))) {
                come.add(after.get(j++));
            } else if (isAt(before, i + 1, after.get(j))) {
                gone.add(before.get(i++));
            } else {
                gone.add(before.get(i++));
                come.add(after.get(j++));
            }
        }
        gone.addAll(before.subList(i, before.size()));
        come.addAll(after.subList(j, after.size()));
        return new ListChange<>(gone, come);
    }

    @SuppressWarnings("ReferenceEquality") // which is what it promises
    private static <T> boolean isAt(List<T> list, int index, T element) {
        return index < list.size() && list.get(index) == element;
    }
}
