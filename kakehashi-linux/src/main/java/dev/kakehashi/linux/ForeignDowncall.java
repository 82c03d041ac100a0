package dev.kakehashi.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;

/**
 * The JVM's own door (JEP 454), which is always there.
 *
 * <p>Linking a handle for each function signature costs about 8 ms per signature in a cold JVM, and
 * the first one 35 ms more; hence one handle for all.
 */
final class ForeignDowncall implements Downcall {
    private static final Linker LINKER = Linker.nativeLinker();
    // errno is the only member of the capture layout on Linux.
    private static final MethodHandle CALL =
            LINKER.downcallHandle(
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                            JAVA_LONG),
                    Linker.Option.captureCallState("errno"));

    @Override
    public long symbol(String name) {
        return LINKER.defaultLookup().find(name).map(MemorySegment::address).orElse(0L);
    }

    @Override
    public long address(ByteBuffer direct) {
        return MemorySegment.ofBuffer(direct).address();
    }

    @Override
    public long call(long function, Struct state, long a, long b, long c, long d, long e, long f) {
        MemorySegment errno = MemorySegment.ofBuffer(state.buffer());
        try {
            return (long)
                    CALL.invokeExact(MemorySegment.ofAddress(function), errno, a, b, c, d, e, f);
        } catch (Throwable t) {
            throw new AssertionError("a downcall throws nothing", t);
        }
    }
}
