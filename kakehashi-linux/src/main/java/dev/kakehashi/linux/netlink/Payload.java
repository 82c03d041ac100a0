package dev.kakehashi.linux.netlink;

import java.nio.ByteBuffer;

/**
 * The content of a message or attribute: a fixed structure, read by offset, with attributes behind
 * it. Reading beyond the end is a {@link MalformedMessageException}.
 */
public final class Payload {
    private final ByteBuffer buffer;
    private final int start;
    private final int end;

    Payload(ByteBuffer buffer, int start, int end) {
        this.buffer = buffer;
        this.start = start;
        this.end = end;
    }

    /** The size in bytes. */
    public int length() {
        return end - start;
    }

    public int u8(int offset) throws MalformedMessageException {
        return buffer.get(at(offset, 1)) & 0xff;
    }

    public int u16(int offset) throws MalformedMessageException {
        return Short.toUnsignedInt(buffer.getShort(at(offset, 2)));
    }

    public int u32(int offset) throws MalformedMessageException {
        return buffer.getInt(at(offset, 4));
    }

    public long u64(int offset) throws MalformedMessageException {
        return buffer.getLong(at(offset, 8));
    }

    public byte[] bytes(int offset, int length) throws MalformedMessageException {
        byte[] bytes = new byte[length];
        buffer.get(at(offset, length), bytes);
        return bytes;
    }

    /** Whether all from an offset on is the same as in another message. */
    public boolean isSameFrom(int offset, Payload other) throws MalformedMessageException {
        int from = at(offset, 0);
        int before = other.at(offset, 0);
        return buffer.slice(from, end - from)
                .equals(other.buffer.slice(before, other.end - before));
    }

    /** The attributes behind a fixed structure of {@code size} bytes. */
    public Attributes attributes(int size) throws MalformedMessageException {
        int aligned = (size + 3) & ~3;
        return new Attributes(buffer, at(Math.min(aligned, Math.max(size, length())), 0), end);
    }

    /** The attributes between two offsets. */
    public Attributes attributes(int from, int to) throws MalformedMessageException {
        int first = at(from, to - from);
        return new Attributes(buffer, first, first + to - from);
    }

    private int at(int offset, int size) throws MalformedMessageException {
        if (offset < 0 || size < 0 || offset > length() - size) {
            throw new MalformedMessageException(
                    "needs " + size + " bytes at offset " + offset + " of " + length());
        }
        return start + offset;
    }
}
