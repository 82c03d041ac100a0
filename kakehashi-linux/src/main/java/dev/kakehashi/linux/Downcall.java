package dev.kakehashi.linux;

import java.nio.ByteBuffer;

/**
 * A way to call C functions that take up to six integers or pointers and return one.
 *
 * <p>One shape for all is possible because both supported calling conventions (System V x86-64 and
 * AAPCS64) pass the first six integer or pointer arguments in registers, ignore registers that the
 * callee does not read and the upper half of those it reads as {@code int}, and treat variadic
 * integers alike.
 */
sealed interface Downcall permits ForeignDowncall, JniDowncall {
    /** Where the function of that name in the JVM's own C library is; 0 if it has none. */
    long symbol(String name);

    /** Where a direct buffer is; the caller keeps it reachable. */
    long address(ByteBuffer direct);

    /**
     * What {@code function} returned; {@code state}, which is at least four bytes, has the {@code
     * errno} it left.
     */
    long call(long function, Struct state, long a, long b, long c, long d, long e, long f);
}
