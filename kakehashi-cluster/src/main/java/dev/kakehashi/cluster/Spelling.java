package dev.kakehashi.cluster;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/** Which of some names is meant by one that is none of them. Pure. */
final class Spelling {
    /** As many slips of the pen as a name may have. */
    private static final int SLIPS = 2;

    private Spelling() {}

    /** Asks whether a name was meant, at the end of a sentence; empty when none is near. */
    static String hint(String name, Collection<String> known) {
        return nearest(name, known).map(near -> "; did you mean " + near + "?").orElse("");
    }

    /** The first by the alphabet of those that are near enough. */
    private static Optional<String> nearest(String name, Collection<String> known) {
        return known.stream()
                .filter(candidate -> distance(candidate, name) <= SLIPS)
                .sorted()
                .findFirst();
    }

    /** Levenshtein's edit distance, upper and lower case alike. */
    private static int distance(String left, String right) {
        int[] row = new int[right.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                boolean same =
                        Character.toLowerCase(left.charAt(i - 1))
                                == Character.toLowerCase(right.charAt(j - 1));
                int substituted = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[right.length()];
    }
}
