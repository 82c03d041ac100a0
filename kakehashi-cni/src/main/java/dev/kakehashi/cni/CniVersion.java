package dev.kakehashi.cni;

import java.util.List;
import java.util.Optional;

/**
 * A version of the CNI specification. Versions follow semantic versioning; text with fewer than
 * three parts is padded with zeros and the empty text means 0.1.0, as the reference library reads
 * them.
 */
public record CniVersion(int major, int minor, int micro) implements Comparable<CniVersion> {
    /** The first published version; also what a configuration without {@code cniVersion} means. */
    public static final CniVersion V0_1_0 = new CniVersion(0, 1, 0);

    /** Adds the VERSION command. */
    public static final CniVersion V0_2_0 = new CniVersion(0, 2, 0);

    /** Adds interfaces to results, several addresses, and chaining. */
    public static final CniVersion V0_3_0 = new CniVersion(0, 3, 0);

    /** Corrects a key name of 0.3.0. */
    public static final CniVersion V0_3_1 = new CniVersion(0, 3, 1);

    /** Adds CHECK and prevResult on DEL. */
    public static final CniVersion V0_4_0 = new CniVersion(0, 4, 0);

    /** Drops single-plugin configurations and the {@code version} of addresses. */
    public static final CniVersion V1_0_0 = new CniVersion(1, 0, 0);

    /** Adds GC, STATUS and {@code cniVersions}. */
    public static final CniVersion V1_1_0 = new CniVersion(1, 1, 0);

    /** The newest version this library implements. */
    public static final CniVersion CURRENT = V1_1_0;

    /** Every published version this library implements, oldest first. */
    public static final List<CniVersion> ALL =
            List.of(V0_1_0, V0_2_0, V0_3_0, V0_3_1, V0_4_0, V1_0_0, V1_1_0);

    private static final String[] TEXTS = {
        "0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"
    };

    /** The implemented versions from {@code first} on, for plugins that need a feature of it. */
    public static List<CniVersion> since(CniVersion first) {
        return ALL.stream().filter(v -> v.atLeast(first)).toList();
    }

    /**
     * The published version written exactly so; the empty text is 0.1.0. "0.4" is none: the
     * reference compares versions as text.
     */
    public static Optional<CniVersion> exact(String text) {
        if (text.isEmpty()) {
            return Optional.of(V0_1_0);
        }
        for (int i = 0; i < TEXTS.length; i++) {
            if (TEXTS[i].equals(text)) {
                return Optional.of(ALL.get(i));
            }
        }
        return Optional.empty();
    }

    /**
     * Reads a version of up to three integers joined by dots.
     *
     * @throws CniException code 6, with the reference library's text, when the text is no version
     */
    public static CniVersion parse(String text) throws CniException {
        Optional<CniVersion> known = exact(text);
        if (known.isPresent()) {
            return known.get();
        }
        String[] parts = text.split("\\.", -1);
        if (parts.length > 3) {
            throw new CniException(
                    CniException.DECODING_FAILURE,
                    "invalid version \"" + text + "\": too many parts");
        }
        return new CniVersion(
                part("major", parts, 0), part("minor", parts, 1), part("micro", parts, 2));
    }

    private static int part(String which, String[] parts, int index) throws CniException {
        if (index >= parts.length) {
            return 0;
        }
        try {
            return Integer.parseInt(parts[index]);
        } catch (NumberFormatException e) {
            throw new CniException(
                    CniException.DECODING_FAILURE,
                    "failed to convert "
                            + which
                            + " version part \""
                            + parts[index]
                            + "\": not a number",
                    e);
        }
    }

    /** Whether this version is {@code other} or newer. */
    public boolean atLeast(CniVersion other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(CniVersion other) {
        if (major != other.major) {
            return Integer.compare(major, other.major);
        }
        return minor != other.minor
                ? Integer.compare(minor, other.minor)
                : Integer.compare(micro, other.micro);
    }

    /** The version as configurations write it: {@code 1.1.0}. */
    @Override
    public String toString() {
        for (int i = 0; i < TEXTS.length; i++) {
            if (compareTo(ALL.get(i)) == 0) {
                return TEXTS[i];
            }
        }
        return major + "." + minor + "." + micro;
    }
}
