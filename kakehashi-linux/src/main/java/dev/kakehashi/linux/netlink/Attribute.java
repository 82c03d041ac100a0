package dev.kakehashi.linux.netlink;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One attribute of a received message ({@code struct nlattr}). The readers check the length first:
 * content of the wrong size is a {@link MalformedMessageException}, more content than expected is
 * tolerated where newer kernels may append.
 */
public final class Attribute {
    static final int HEADER = 4;

    private static final int TYPE_MASK = 0x3fff; // without NLA_F_NESTED and NLA_F_NET_BYTEORDER

    private final ByteBuffer buffer;
    private final int type;
    private final int start;
    private final int length;

    Attribute(ByteBuffer buffer, int type, int start, int length) {
        this.buffer = buffer;
        this.type = type & TYPE_MASK;
        this.start = start;
        this.length = length;
    }

    /** The type without its flag bits; what it means depends on the message and nesting. */
    public int type() {
        return type;
    }

    /** The size of the content in bytes. */
    public int length() {
        return length;
    }

    public int u8() throws MalformedMessageException {
        require(1);
        return buffer.get(start) & 0xff;
    }

    public int u16() throws MalformedMessageException {
        require(2);
        return Short.toUnsignedInt(buffer.getShort(start));
    }

    /** 32 bits; unsigned quantities above 2³¹ show as negative. */
    public int u32() throws MalformedMessageException {
        require(4);
        return buffer.getInt(start);
    }

    public long u64() throws MalformedMessageException {
        require(8);
        return buffer.getLong(start);
    }

    public int be16() throws MalformedMessageException {
        require(2);
        return (buffer.get(start) & 0xff) << 8 | (buffer.get(start + 1) & 0xff);
    }

    public int be32() throws MalformedMessageException {
        require(4);
        return be16() << 16 | (buffer.get(start + 2) & 0xff) << 8 | (buffer.get(start + 3) & 0xff);
    }

    public long be64() throws MalformedMessageException {
        require(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | (buffer.get(start + i) & 0xff);
        }
        return value;
    }

    /** Text up to the first NUL, or all of it. */
    public String string() {
        int end = 0;
        while (end < length && buffer.get(start + end) != 0) {
            end++;
        }
        byte[] text = new byte[end];
        buffer.get(start, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    public byte[] bytes() {
        byte[] content = new byte[length];
        buffer.get(start, content);
        return content;
    }

    public InetAddress address() throws MalformedMessageException {
        if (length != 4 && length != 16) {
            throw new MalformedMessageException(
                    "attribute " + type + " should be an IP address but has " + length + " bytes");
        }
        return IpAddresses.of(bytes());
    }

    public MacAddress mac() throws MalformedMessageException {
        require(6);
        byte[] octets = new byte[6];
        buffer.get(start, octets);
        return MacAddress.of(octets);
    }

    /** The attributes inside. */
    public Attributes nested() {
        return new Attributes(buffer, start, start + length);
    }

    /** The content as a fixed structure, possibly followed by attributes. */
    public Payload payload() {
        return new Payload(buffer, start, start + length);
    }

    private void require(int size) throws MalformedMessageException {
        if (length < size) {
            throw new MalformedMessageException(
                    "attribute " + type + " should have " + size + " bytes but has " + length);
        }
    }

    @Override
    public String toString() {
        return "attribute " + type + " of " + length + " bytes";
    }
}
