package dev.kakehashi.state.engine;

import dev.kakehashi.linux.MacAddress;

import java.util.List;
import java.util.SplittableRandom;

/** Choices that a seed determines. */
final class Draw {
    private final SplittableRandom random;

    Draw(long seed) {
        random = new SplittableRandom(seed);
    }

    /** True so many times in a hundred. */
    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    boolean coin() {
        return random.nextBoolean();
    }

    /** From 0 to below {@code bound}. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    @SafeVarargs
    final <T> T of(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** A unicast address that is administered locally. */
    MacAddress mac() {
        return MacAddress.of(random.nextLong(1L << 48)).toLocalUnicast();
    }
}
