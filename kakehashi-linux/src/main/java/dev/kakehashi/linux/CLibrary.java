package dev.kakehashi.linux;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.NoSuchElementException;

/**
 * The one door to the C library, by one of two {@linkplain Downcall ways}: the quick one where the
 * system property {@code kakehashi.downcall} names its library, as our launchers do, otherwise the
 * JVM's own.
 *
 * <p>Return values of functions that return {@code int} must be narrowed with {@code (int)} before
 * they are compared: the upper half of the register is not theirs.
 *
 * <p>{@code errno} is kept in a segment of the calling thread, so that concurrent calls never mix.
 */
final class CLibrary {
    private static final Downcall DOWNCALL = choose(System.getProperty("kakehashi.downcall"));
    private static final ThreadLocal<Struct> STATE =
            ThreadLocal.withInitial(() -> Struct.allocate(Integer.BYTES));

    private CLibrary() {}

    /**
     * The quick way if {@code library} can be loaded. Where it cannot (a JVM for another processor,
     * a file system without execution) the other one does the same, later.
     */
    static Downcall choose(@Nullable String library) {
        if (library != null) {
            try {
                return JniDowncall.load(library);
            } catch (UnsatisfiedLinkError e) {
                System.getLogger(CLibrary.class.getName())
                        .log(System.Logger.Level.DEBUG, "calling C functions the slow way", e);
            }
        }
        return new ForeignDowncall();
    }

    /** The address of a function of the C library that the JVM itself is linked with. */
    static long function(String name) {
        long address = DOWNCALL.symbol(name);
        if (address == 0) {
            throw new NoSuchElementException("the C library has no " + name);
        }
        return address;
    }

    /** Where a direct buffer is. */
    static long address(ByteBuffer direct) {
        return DOWNCALL.address(direct);
    }

    static long call(long function) {
        return call(function, 0, 0, 0, 0, 0, 0);
    }

    static long call(long function, long a) {
        return call(function, a, 0, 0, 0, 0, 0);
    }

    static long call(long function, long a, long b) {
        return call(function, a, b, 0, 0, 0, 0);
    }

    static long call(long function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0, 0);
    }

    static long call(long function, long a, long b, long c, long d) {
        return call(function, a, b, c, d, 0, 0);
    }

    static long call(long function, long a, long b, long c, long d, long e) {
        return call(function, a, b, c, d, e, 0);
    }

    static long call(long function, long a, long b, long c, long d, long e, long f) {
        return DOWNCALL.call(function, STATE.get(), a, b, c, d, e, f);
    }

    /**
     * {@code errno} as the last {@link #call} of this thread left it; meaningful only after a
     * failure.
     */
    static int errno() {
        return STATE.get().getInt(0);
    }
}
