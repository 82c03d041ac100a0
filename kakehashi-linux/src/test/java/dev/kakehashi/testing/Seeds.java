package dev.kakehashi.testing;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Randomness for property tests. The seed is printed, and {@code -Dtest.seed=NUMBER} plays a failed
 * run again.
 */
public final class Seeds {
    private static final String PROPERTY = "test.seed";

    private Seeds() {}

    /** A generator with a new seed, or with the one that was asked for. */
    public static RandomGenerator random() {
        Long given = Long.getLong(PROPERTY);
        long seed = given == null ? new SplittableRandom().nextLong() : given;
        System.out.println("random test data from -D" + PROPERTY + "=" + seed);
        return new SplittableRandom(seed);
    }
}
