package dev.kakehashi.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * The one door to the C library: every function is called through a single downcall handle that
 * takes six integer registers and returns one.
 *
 * <p>Linking a handle for each function signature costs about 8 ms per signature in a cold JVM,
 * more than the whole job of a CNI plugin. One shape for all is possible because both supported
 * calling conventions (System V x86-64 and AAPCS64) pass the first six integer or pointer arguments
 * in registers, ignore registers that the callee does not read and the upper half of those it reads
 * as {@code int}, and treat variadic integers alike. Return values of functions that return {@code
 * int} must therefore be narrowed with {@code (int)} before they are compared.
 *
 * <p>{@code errno} is captured into a segment of the calling thread, so that concurrent calls never
 * mix.
 */
final class CLibrary {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CALL =
            LINKER.downcallHandle(
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                            JAVA_LONG),
                    Linker.Option.captureCallState("errno"));
    private static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(
                    () -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

    private CLibrary() {}

    /** The address of a function of the C library that the JVM itself is linked with. */
    static MemorySegment function(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }

    static long call(MemorySegment function) {
        return call(function, 0, 0, 0, 0, 0, 0);
    }

    static long call(MemorySegment function, long a) {
        return call(function, a, 0, 0, 0, 0, 0);
    }

    static long call(MemorySegment function, long a, long b) {
        return call(function, a, b, 0, 0, 0, 0);
    }

    static long call(MemorySegment function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0, 0);
    }

    static long call(MemorySegment function, long a, long b, long c, long d) {
        return call(function, a, b, c, d, 0, 0);
    }

    static long call(MemorySegment function, long a, long b, long c, long d, long e) {
        return call(function, a, b, c, d, e, 0);
    }

    static long call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) CALL.invokeExact(function, STATE.get(), a, b, c, d, e, f);
        } catch (Throwable t) {
            throw new AssertionError("a downcall throws nothing", t);
        }
    }

    /**
     * {@code errno} as the last {@link #call} of this thread left it; meaningful only after a
     * failure.
     */
    static int errno() {
        // errno is the only member of the capture layout on Linux.
        return STATE.get().get(JAVA_INT, 0);
    }

    /**
     * A NUL-terminated copy of {@code text}; the caller keeps {@code arena} open during the call
     * that uses it.
     */
    static long string(Arena arena, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "a C string cannot hold NUL: " + text.replace('\0', '?'));
        }
        return arena.allocateFrom(text, StandardCharsets.UTF_8).address();
    }
}
