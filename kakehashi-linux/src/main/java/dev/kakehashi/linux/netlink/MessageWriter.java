package dev.kakehashi.linux.netlink;

import dev.kakehashi.linux.MacAddress;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes netlink messages and attributes, one after the other, into a buffer that grows. Numbers
 * are in host byte order unless the method's name says {@code be}; everything is padded to four
 * bytes (linux/netlink.h, NLA_ALIGN).
 */
public final class MessageWriter {
    private static final int NLA_F_NESTED = 0x8000;
    private static final int MAX_ATTRIBUTE = 0xffff;

    private byte[] bytes;
    private ByteBuffer buffer;
    private int position;

    public MessageWriter() {
        this(1024);
    }

    MessageWriter(int capacity) {
        bytes = new byte[capacity];
        buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    /** How many bytes are written so far. */
    public int length() {
        return position;
    }

    /** A copy of what is written so far. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, position);
    }

    /** The array behind, valid up to {@link #length} until the next write. */
    byte[] array() {
        return bytes;
    }

    void reset() {
        Arrays.fill(bytes, 0, position, (byte) 0);
        position = 0;
    }

    /**
     * Begins a message: its header, with a length that {@link #endMessage} puts right. Returns its
     * start.
     */
    int beginMessage(int type, int flags, int sequence, int port) {
        int start = position;
        u32(0);
        u16(type);
        u16(flags);
        u32(sequence);
        u32(port);
        return start;
    }

    void endMessage(int start) {
        buffer.putInt(start, position - start);
        align();
    }

    /** Adds to the flags of the message that began at {@code start}. */
    void addFlags(int start, int flags) {
        int at = start + 6;
        buffer.putShort(at, (short) (buffer.getShort(at) | flags));
    }

    /** A byte of a fixed structure; the caller keeps the structure's own alignment. */
    public MessageWriter u8(int value) {
        reserve(1);
        bytes[position++] = (byte) value;
        return this;
    }

    /** Two bytes of a fixed structure, host order. */
    public MessageWriter u16(int value) {
        reserve(2);
        buffer.putShort(position, (short) value);
        position += 2;
        return this;
    }

    /** Four bytes of a fixed structure, host order. */
    public MessageWriter u32(int value) {
        reserve(4);
        buffer.putInt(position, value);
        position += 4;
        return this;
    }

    /** Eight bytes of a fixed structure, host order. */
    public MessageWriter u64(long value) {
        reserve(8);
        buffer.putLong(position, value);
        position += 8;
        return this;
    }

    /** Two bytes of a fixed structure, network order. */
    public MessageWriter be16(int value) {
        return u8(value >>> 8).u8(value);
    }

    /** Bytes of a fixed structure, unpadded. */
    public MessageWriter bytes(byte[] value) {
        reserve(value.length);
        System.arraycopy(value, 0, bytes, position, value.length);
        position += value.length;
        return this;
    }

    /** Zeros in a fixed structure. */
    public MessageWriter zeros(int count) {
        reserve(count);
        position += count;
        return this;
    }

    /** An attribute without content. */
    public MessageWriter flag(int type) {
        header(type, 0);
        return this;
    }

    public MessageWriter u8(int type, int value) {
        header(type, 1);
        u8(value);
        return align();
    }

    public MessageWriter u16(int type, int value) {
        header(type, 2);
        u16(value);
        return align();
    }

    public MessageWriter u32(int type, int value) {
        header(type, 4);
        return u32(value);
    }

    public MessageWriter u64(int type, long value) {
        header(type, 8);
        return u64(value);
    }

    public MessageWriter be16(int type, int value) {
        return u16(type, ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : swap16(value));
    }

    public MessageWriter be32(int type, int value) {
        return u32(type, bigEndian(value));
    }

    public MessageWriter be64(int type, long value) {
        return u64(
                type,
                ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value));
    }

    /** A string with its terminating NUL (NLA_NUL_STRING), in UTF-8. */
    public MessageWriter string(int type, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        header(type, text.length + 1);
        bytes(text);
        u8(0);
        return align();
    }

    public MessageWriter bytes(int type, byte[] value) {
        header(type, value.length);
        bytes(value);
        return align();
    }

    /** An IP address as its 4 or 16 bytes. */
    public MessageWriter address(int type, InetAddress value) {
        return bytes(type, value.getAddress());
    }

    public MessageWriter mac(int type, MacAddress value) {
        return bytes(type, value.octets());
    }

    /**
     * Begins an attribute that holds others, marked NLA_F_NESTED; give the result to {@link #end}.
     */
    public int begin(int type) {
        return beginUnmarked(type | NLA_F_NESTED);
    }

    /**
     * As {@link #begin} without the mark, for the attributes that older kernel interfaces define
     * so.
     */
    public int beginUnmarked(int type) {
        int start = position;
        header(type, 0);
        return start;
    }

    /** Ends the attribute that {@link #begin} returned. */
    public MessageWriter end(int start) {
        int length = position - start;
        if (length > MAX_ATTRIBUTE) {
            throw new IllegalArgumentException(
                    "a netlink attribute cannot hold " + length + " bytes");
        }
        buffer.putShort(start, (short) length);
        return align();
    }

    private void header(int type, int length) {
        if (length > MAX_ATTRIBUTE - Attribute.HEADER) {
            throw new IllegalArgumentException(
                    "a netlink attribute cannot hold " + length + " bytes");
        }
        reserve(Attribute.HEADER + length + 3);
        buffer.putShort(position, (short) (Attribute.HEADER + length));
        buffer.putShort(position + 2, (short) type);
        position += Attribute.HEADER;
    }

    private MessageWriter align() {
        int aligned = (position + 3) & ~3;
        reserve(aligned - position);
        position = aligned;
        return this;
    }

    private void reserve(int more) {
        if (position + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, position + more));
            buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        }
    }

    private static int bigEndian(int value) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
                ? value
                : Integer.reverseBytes(value);
    }

    private static int swap16(int value) {
        return Short.toUnsignedInt(Short.reverseBytes((short) value));
    }
}
