package dev.kakehashi.agent.attach;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * One decoded frame of the attach protocol. The decoder trusts nothing: whatever the bytes are, it
 * returns a frame or throws {@link ProtocolException}.
 */
final class Frame {
    private final int version;
    private final FrameType type;
    private final Map<Tag, byte[]> fields;

    private Frame(int version, FrameType type, Map<Tag, byte[]> fields) {
        this.version = version;
        this.type = type;
        this.fields = fields;
    }

    /** The first bytes of a frame. */
    record Header(int version, int type, int length) {}

    /**
     * Decodes a header.
     *
     * @param bytes at least {@link Protocol#HEADER_SIZE}
     * @throws ProtocolException when it is of another protocol, or announces too much
     */
    static Header header(byte[] bytes) throws ProtocolException {
        if (int32(bytes, 0) != Protocol.MAGIC) {
            throw new ProtocolException(
                    Refusal.MALFORMED, "not a frame of the attach protocol: wrong magic");
        }
        int length = int32(bytes, 8);
        if (length < 0 || length > Protocol.PAYLOAD_LIMIT) {
            throw new ProtocolException(
                    Refusal.TOO_LARGE,
                    "a payload of "
                            + Integer.toUnsignedString(length)
                            + " bytes; "
                            + Protocol.PAYLOAD_LIMIT
                            + " are allowed");
        }
        return new Header(int16(bytes, 4), int16(bytes, 6), length);
    }

    /**
     * Decodes the payload that follows a header.
     *
     * @throws ProtocolException naming the field that is wrong
     */
    static Frame decode(Header header, byte[] payload) throws ProtocolException {
        if (header.version() == 0) {
            throw new ProtocolException(Refusal.MALFORMED, "protocol version 0");
        }
        FrameType type = FrameType.of(header.type());
        Map<Tag, byte[]> fields = new EnumMap<>(Tag.class);
        int at = 0;
        while (at < payload.length) {
            if (payload.length - at < Protocol.FIELD_HEADER_SIZE) {
                throw new ProtocolException(Refusal.MALFORMED, "a field is cut off");
            }
            int number = int16(payload, at);
            int length = int32(payload, at + 2);
            at += Protocol.FIELD_HEADER_SIZE;
            if (length < 0 || length > payload.length - at) {
                throw new ProtocolException(
                        Refusal.MALFORMED, "field " + number + " is longer than its frame");
            }
            keep(fields, number, payload, at, length);
            at += length;
        }
        return new Frame(header.version(), type, fields);
    }

    private static void keep(
            Map<Tag, byte[]> fields, int number, byte[] payload, int at, int length)
            throws ProtocolException {
        Tag tag = Tag.of(number);
        if (tag == null) {
            if ((number & Protocol.CRITICAL) != 0) {
                throw new ProtocolException(
                        Refusal.MALFORMED, "field " + number + " must be understood and is not");
            }
            return;
        }
        if (length > tag.longest()) {
            throw new ProtocolException(
                    Refusal.TOO_LARGE,
                    tag + " has " + length + " bytes; " + tag.longest() + " are allowed");
        }
        if (fields.put(tag, Arrays.copyOfRange(payload, at, at + length)) != null) {
            throw new ProtocolException(Refusal.MALFORMED, tag + " appears twice");
        }
    }

    /** The protocol version the sender spoke. */
    int version() {
        return version;
    }

    FrameType type() {
        return type;
    }

    boolean has(Tag tag) {
        return fields.containsKey(tag);
    }

    /**
     * The value of a field that must be there.
     *
     * @throws ProtocolException when it is not
     */
    byte[] bytes(Tag tag) throws ProtocolException {
        byte @Nullable [] value = fields.get(tag);
        if (value == null) {
            throw new ProtocolException(Refusal.MALFORMED, type + " without " + tag);
        }
        return value;
    }

    /** The value of a field of fixed size that must be there. */
    byte[] bytes(Tag tag, int size) throws ProtocolException {
        byte[] value = bytes(tag);
        if (value.length != size) {
            throw new ProtocolException(
                    Refusal.MALFORMED, tag + " has " + value.length + " bytes instead of " + size);
        }
        return value;
    }

    /** The text of a field that must be there. */
    String text(Tag tag) throws ProtocolException {
        return new String(bytes(tag), StandardCharsets.UTF_8);
    }

    /** The number in a field of 2 or 4 bytes; 4 bytes above 2^31 count as 2^31 - 1. */
    int number(Tag tag) throws ProtocolException {
        byte[] value = bytes(tag, tag.longest());
        if (value.length == 2) {
            return int16(value, 0);
        }
        int number = int32(value, 0);
        return number < 0 ? Integer.MAX_VALUE : number;
    }

    static int int16(byte[] bytes, int at) {
        return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
    }

    static int int32(byte[] bytes, int at) {
        return (int16(bytes, at) << 16) | int16(bytes, at + 2);
    }

    static long int64(byte[] bytes, int at) {
        return ((long) int32(bytes, at) << 32) | Integer.toUnsignedLong(int32(bytes, at + 4));
    }
}
