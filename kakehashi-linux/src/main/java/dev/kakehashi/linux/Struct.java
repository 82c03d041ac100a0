package dev.kakehashi.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory outside the heap that holds a C structure or an array of bytes; members are read and
 * written by their offsets, in the byte order of the processor.
 *
 * <p>By way of a buffer and not of {@code java.lang.foreign}: the first segment of a cold JVM costs
 * 20 ms, and the first {@code MemorySegment.get} 25 ms more, of method handles put together.
 *
 * <p>What {@link Memory} gave is valid until that is closed, otherwise as long as it is reachable.
 */
public final class Struct {
    private final ByteBuffer bytes;
    private final long address;

    private Struct(ByteBuffer bytes, long address) {
        this.bytes = bytes.order(ByteOrder.nativeOrder());
        this.address = address;
    }

    /** Memory of its own: that many bytes, all zero, aligned for every member. */
    public static Struct allocate(int size) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(size);
        return new Struct(bytes, CLibrary.address(bytes));
    }

    /** A part of this one, in the same memory. */
    public Struct slice(int offset, int length) {
        return new Struct(bytes.slice(offset, length), address + offset);
    }

    /** The number of bytes. */
    public int size() {
        return bytes.capacity();
    }

    /** Where it is, for calls; the caller keeps it reachable meanwhile. */
    public long address() {
        return address;
    }

    /** For calls of the JVM that take memory. */
    ByteBuffer buffer() {
        return bytes;
    }

    /** Makes all bytes zero. */
    public Struct clear() {
        int size = size();
        int i = 0;
        for (; i + Long.BYTES <= size; i += Long.BYTES) {
            bytes.putLong(i, 0);
        }
        for (; i < size; i++) {
            bytes.put(i, (byte) 0);
        }
        return this;
    }

    /** {@code int8_t} and {@code uint8_t}. */
    public Struct putByte(int offset, byte value) {
        bytes.put(offset, value);
        return this;
    }

    /** {@code int16_t} and {@code uint16_t}. */
    public short getShort(int offset) {
        return bytes.getShort(offset);
    }

    /** {@code int16_t} and {@code uint16_t}. */
    public Struct putShort(int offset, short value) {
        bytes.putShort(offset, value);
        return this;
    }

    /** {@code int32_t} and {@code uint32_t}. */
    public int getInt(int offset) {
        return bytes.getInt(offset);
    }

    /** {@code int32_t} and {@code uint32_t}. */
    public Struct putInt(int offset, int value) {
        bytes.putInt(offset, value);
        return this;
    }

    /** {@code int64_t}, {@code size_t} and pointers. */
    public long getLong(int offset) {
        return bytes.getLong(offset);
    }

    /** {@code int64_t}, {@code size_t} and pointers. */
    public Struct putLong(int offset, long value) {
        bytes.putLong(offset, value);
        return this;
    }

    /** An array of bytes. */
    public Struct putBytes(int offset, byte[] from) {
        bytes.put(offset, from);
        return this;
    }

    /** An array of bytes: {@code length} from {@code start} on. */
    public Struct putBytes(int offset, byte[] from, int start, int length) {
        bytes.put(offset, from, start, length);
        return this;
    }

    /** An array of bytes: {@code length} of them to where {@code start} is. */
    public void getBytes(int offset, byte[] into, int start, int length) {
        bytes.get(offset, into, start, length);
    }

    /** A copy of an array of bytes. */
    public byte[] toBytes(int offset, int length) {
        byte[] copy = new byte[length];
        bytes.get(offset, copy);
        return copy;
    }
}
