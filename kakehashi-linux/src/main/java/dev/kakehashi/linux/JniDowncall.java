package dev.kakehashi.linux;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The quick door: a library of one page, {@code native/downcall}, with one native method that calls
 * any function. Nothing has to be linked at run time, which saves a cold JVM 35 to 45 ms.
 *
 * @see <a href="https://docs.oracle.com/en/java/javase/25/docs/specs/jni/design.html">JNI: native
 *     method names</a>
 */
final class JniDowncall implements Downcall {
    private JniDowncall() {}

    /**
     * Loads the library in the file at {@code path}, which is absolute.
     *
     * @throws UnsatisfiedLinkError if there is none, or it is for another processor
     */
    static JniDowncall load(String path) {
        System.load(path);
        return new JniDowncall();
    }

    @Override
    public long symbol(String name) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        // Not by Memory: that one is given out when all of this class works.
        ByteBuffer string = ByteBuffer.allocateDirect(text.length + 1).put(text);
        try {
            return symbol(address(string));
        } finally {
            Reference.reachabilityFence(string);
        }
    }

    @Override
    public long address(ByteBuffer direct) {
        return bufferAddress(direct);
    }

    @Override
    public long call(long function, Struct state, long a, long b, long c, long d, long e, long f) {
        return call(function, state.address(), a, b, c, d, e, f);
    }

    private static native long call(
            long function, long state, long a, long b, long c, long d, long e, long f);

    private static native long symbol(long name);

    private static native long bufferAddress(ByteBuffer direct);
}
