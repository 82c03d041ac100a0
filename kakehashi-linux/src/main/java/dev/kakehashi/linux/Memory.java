package dev.kakehashi.linux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory of C calls and their arguments, taken within one method and given back by its end:
 *
 * <pre>{@code
 * try (Memory memory = Memory.open()) {
 *     Struct times = memory.struct(32);
 *     …
 * }
 * }</pre>
 *
 * <p>A stack of the calling thread: nothing is allocated from the C library, and only what is asked
 * for is cleared. What does not fit has memory of its own. Not to be handed to other threads.
 */
public final class Memory implements AutoCloseable {
    private static final int SIZE = 16 * 1024;
    private static final int ALIGNMENT = Long.BYTES;
    private static final ThreadLocal<Stack> STACK = ThreadLocal.withInitial(Stack::new);

    private final Stack stack;
    private final int mark;

    /** Reachable as long as this is, because calls know but the address. */
    private List<Struct> own = List.of();

    private Memory(Stack stack) {
        this.stack = stack;
        this.mark = stack.top;
    }

    /** What a thread has taken is below the top. */
    private static final class Stack {
        private final Struct memory = Struct.allocate(SIZE);
        private int top;
    }

    /** Within try-with-resources only: what is opened last is closed first. */
    public static Memory open() {
        return new Memory(STACK.get());
    }

    /** A structure of that many bytes, all zero, aligned for every member. */
    public Struct struct(int size) {
        return buffer(size).clear();
    }

    /** Room for that many bytes, which hold anything. */
    public Struct buffer(int size) {
        int start = stack.top;
        int end = start + ((size + ALIGNMENT - 1) & -ALIGNMENT);
        if (end > SIZE) {
            return own(size);
        }
        stack.top = end;
        return stack.memory.slice(start, size);
    }

    private Struct own(int size) {
        if (own.isEmpty()) {
            own = new ArrayList<>(2);
        }
        Struct struct = Struct.allocate(size);
        own.add(struct);
        return struct;
    }

    /** A copy of {@code bytes}. */
    public Struct copyOf(byte[] bytes) {
        return buffer(bytes.length).putBytes(0, bytes);
    }

    /**
     * Where a NUL-terminated copy of {@code text} is.
     *
     * @throws IllegalArgumentException if it has a NUL in it
     */
    long string(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "a C string cannot hold NUL: " + text.replace('\0', '?'));
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return buffer(bytes.length + 1)
                .putBytes(0, bytes)
                .putByte(bytes.length, (byte) 0)
                .address();
    }

    @Override
    public void close() {
        stack.top = mark;
        own = List.of();
    }
}
