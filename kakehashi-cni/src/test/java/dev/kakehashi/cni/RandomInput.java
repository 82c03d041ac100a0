package dev.kakehashi.cni;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Random values for one run of a property test. Prints as the option that repeats the run: {@code
 * -Dtest.seed=…}.
 */
public final class RandomInput {
    private static final String[] TEXTS = {
        "",
        "eth0",
        "a b",
        "<&>",
        "\"\\/",
        "\u0000\u001f",
        "\u2028",
        "\ud83c\udf09",
        "\ufffdx",
        "架け橋",
        "\t\n\r\b\f"
    };

    private final long seed;
    private final RandomGenerator random;

    private RandomInput(long seed) {
        this.seed = seed;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** This many runs with seeds of their own, or the one that {@code test.seed} names. */
    public static List<RandomInput> runs(int count) {
        Long fixed = Long.getLong("test.seed");
        if (fixed != null) {
            return List.of(new RandomInput(fixed));
        }
        long base = System.nanoTime();
        List<RandomInput> runs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            runs.add(new RandomInput(base + i));
        }
        return runs;
    }

    /** A number from 0 to one less than the bound. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** True as often as not. */
    public boolean flip() {
        return random.nextBoolean();
    }

    /** One of these. */
    @SafeVarargs
    public final <T> T oneOf(T... values) {
        return values[below(values.length)];
    }

    /** A text that encoders find hard. */
    public String text() {
        return oneOf(TEXTS);
    }

    /** Up to this many values. */
    public <T> List<T> list(int most, Supplier<T> value) {
        List<T> values = new ArrayList<>();
        for (int i = below(most + 1); i > 0; i--) {
            values.add(value.get());
        }
        return values;
    }

    /** A value or none. */
    public <T> Optional<T> maybe(Supplier<T> value) {
        return flip() ? Optional.of(value.get()) : Optional.empty();
    }

    /** A small number or none. */
    public OptionalInt maybeInt() {
        return flip() ? OptionalInt.of(below(4)) : OptionalInt.empty();
    }

    /** Bytes. */
    public byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** An address of either family, with runs of zeros. */
    public InetAddress address() {
        byte[] bytes = bytes(flip() ? 4 : 16);
        for (int i = 0; i + 1 < bytes.length; i += 2) {
            if (flip()) {
                bytes[i] = 0;
                bytes[i + 1] = 0;
            }
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An address with a prefix length that fits. */
    public Cidr cidr() {
        InetAddress address = address();
        return new Cidr(address, below(address.getAddress().length * 8 + 1));
    }

    @Override
    public String toString() {
        return "-Dtest.seed=" + seed;
    }
}
