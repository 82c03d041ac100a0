package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.MacAddress;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The bytes of a register, a comparison or a set's key, as they lie in memory: what comes from a
 * packet is in network order, what comes from the kernel's own fields (marks, indexes, conntrack
 * state) in the order of the processor. Immutable.
 */
public final class Value implements Data, Comparable<Value> {
    /** Bytes of an interface name, with the closing zero (IFNAMSIZ). */
    public static final int IFNAMSIZ = 16;

    private final byte[] bytes;

    private Value(byte[] bytes) {
        this.bytes = bytes;
    }

    /** These bytes. */
    public static Value of(byte[] bytes) {
        return new Value(bytes.clone());
    }

    /** The 4 or 16 bytes of an address. */
    public static Value of(InetAddress address) {
        return new Value(address.getAddress());
    }

    /** The 6 bytes of a MAC address. */
    public static Value of(MacAddress address) {
        return new Value(address.octets());
    }

    /** One byte. */
    public static Value u8(int value) {
        return new Value(new byte[] {(byte) value});
    }

    /** Two bytes in network order: a port, an Ethernet type. */
    public static Value be16(int value) {
        return new Value(new byte[] {(byte) (value >>> 8), (byte) value});
    }

    /** Four bytes in network order. */
    public static Value be32(int value) {
        return new Value(ByteBuffer.allocate(4).putInt(value).array());
    }

    /** Two bytes in the processor's order: a device type. */
    public static Value host16(int value) {
        return new Value(
                ByteBuffer.allocate(2)
                        .order(ByteOrder.nativeOrder())
                        .putShort((short) value)
                        .array());
    }

    /** Four bytes in the processor's order: a mark, an interface index, bits of conntrack. */
    public static Value host32(int value) {
        return new Value(
                ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array());
    }

    /**
     * A whole interface name, filled up with zeros to 16 bytes.
     *
     * @throws IllegalArgumentException when it is empty or longer than 15 bytes
     */
    public static Value interfaceName(String name) {
        return new Value(Arrays.copyOf(interfaceNameBytes(name), IFNAMSIZ));
    }

    /** The beginning of an interface name: what {@code nft} writes as {@code "eth*"}. */
    public static Value interfaceNamePrefix(String prefix) {
        return new Value(interfaceNameBytes(prefix));
    }

    private static byte[] interfaceNameBytes(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length >= IFNAMSIZ) {
            throw new IllegalArgumentException(
                    "an interface name has 1 to 15 bytes: \"" + name + "\"");
        }
        return bytes;
    }

    /**
     * The parts behind each other, each filled up with zeros to a multiple of 4 bytes: a
     * concatenation.
     */
    public static Value concat(Value... parts) {
        int length = 0;
        for (Value part : parts) {
            length += padded(part.length());
        }
        byte[] bytes = new byte[length];
        int at = 0;
        for (Value part : parts) {
            System.arraycopy(part.bytes, 0, bytes, at, part.bytes.length);
            at += padded(part.length());
        }
        return new Value(bytes);
    }

    /** A length rounded up to whole 4-byte words, as fields of a concatenation take it. */
    public static int padded(int length) {
        return (length + 3) & ~3;
    }

    /** The number of bytes. */
    public int length() {
        return bytes.length;
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** A part of the bytes. */
    public Value slice(int from, int length) {
        return new Value(Arrays.copyOfRange(bytes, from, from + length));
    }

    /** The bytes as an unsigned number in network order; up to 8 bytes. */
    public long bigEndian() {
        long value = 0;
        for (byte b : bytes) {
            value = value << 8 | (b & 0xff);
        }
        return value;
    }

    /** The bytes as an unsigned number in the processor's order; up to 8 bytes. */
    public long hostOrder() {
        if (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN) {
            return bigEndian();
        }
        long value = 0;
        for (int i = bytes.length - 1; i >= 0; i--) {
            value = value << 8 | (bytes[i] & 0xff);
        }
        return value;
    }

    /** Whether all bits are zero. */
    public boolean isZero() {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** The next greater number of the same length; zero after the greatest. */
    public Value next() {
        byte[] next = bytes.clone();
        for (int i = next.length - 1; i >= 0 && ++next[i] == 0; i--) {}
        return new Value(next);
    }

    /** The next smaller number of the same length; the greatest before zero. */
    public Value previous() {
        byte[] previous = bytes.clone();
        for (int i = previous.length - 1; i >= 0 && previous[i]-- == 0; i--) {}
        return new Value(previous);
    }

    /**
     * The number of leading one bits when all others are zero, else -1: the length of the prefix
     * that this mask stands for.
     */
    public int maskLength() {
        int length = 0;
        while (length < bytes.length * 8 && bit(length)) {
            length++;
        }
        for (int i = length; i < bytes.length * 8; i++) {
            if (bit(i)) {
                return -1;
            }
        }
        return length;
    }

    private boolean bit(int index) {
        return (bytes[index / 8] & (0x80 >> (index % 8))) != 0;
    }

    /** A mask of {@code prefix} one bits in {@code length} bytes. */
    public static Value mask(int prefix, int length) {
        byte[] mask = new byte[length];
        for (int i = 0; i < prefix; i++) {
            mask[i / 8] |= (byte) (0x80 >> (i % 8));
        }
        return new Value(mask);
    }

    /** The bits that are set in both; the lengths must be equal. */
    public Value and(Value other) {
        byte[] result = bytes.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] &= other.bytes[i];
        }
        return new Value(result);
    }

    /** The bits that are set in one or both; the lengths must be equal. */
    public Value or(Value other) {
        byte[] result = bytes.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] |= other.bytes[i];
        }
        return new Value(result);
    }

    /** All bits inverted. */
    public Value not() {
        byte[] result = bytes.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) ~result[i];
        }
        return new Value(result);
    }

    /** By the bytes as unsigned numbers. */
    @Override
    public int compareTo(Value other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Value value && Arrays.equals(bytes, value.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** In hexadecimal, e.g. {@code 0x0a000001}. */
    @Override
    public String toString() {
        return "0x" + HexFormat.of().formatHex(bytes);
    }
}
