package dev.kakehashi.agent.attach;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds one frame. */
final class FrameWriter {
    private byte[] bytes = new byte[2048];
    private int length;

    /**
     * Begins a frame.
     *
     * @param version the protocol version the two sides agreed on
     */
    FrameWriter(int version, FrameType type) {
        int32(Protocol.MAGIC);
        int16(version);
        int16(type.number());
        int32(0); // the length, known at the end
    }

    FrameWriter put(Tag tag, byte[] value) {
        return put(tag, value, 0, value.length);
    }

    /** The value is the part of {@code value} from {@code start}, {@code count} bytes long. */
    FrameWriter put(Tag tag, byte[] value, int start, int count) {
        int16(tag.number());
        int32(count);
        reserve(count);
        System.arraycopy(value, start, bytes, length, count);
        length += count;
        return this;
    }

    FrameWriter put(Tag tag, String text) {
        return put(tag, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A number, in as many bytes as the field has (2 or 4). */
    FrameWriter put(Tag tag, int number) {
        int16(tag.number());
        int32(tag.longest());
        if (tag.longest() == 2) {
            int16(number);
        } else {
            int32(number);
        }
        return this;
    }

    /**
     * The whole frame.
     *
     * @throws ProtocolException when it has become larger than the protocol allows
     */
    byte[] finish() throws ProtocolException {
        int payload = length - Protocol.HEADER_SIZE;
        if (payload > Protocol.PAYLOAD_LIMIT) {
            throw new ProtocolException(
                    Refusal.TOO_LARGE,
                    "a payload of "
                            + payload
                            + " bytes; "
                            + Protocol.PAYLOAD_LIMIT
                            + " are allowed");
        }
        bytes[8] = (byte) (payload >> 24);
        bytes[9] = (byte) (payload >> 16);
        bytes[10] = (byte) (payload >> 8);
        bytes[11] = (byte) payload;
        return Arrays.copyOf(bytes, length);
    }

    private void int16(int value) {
        reserve(2);
        bytes[length++] = (byte) (value >> 8);
        bytes[length++] = (byte) value;
    }

    private void int32(int value) {
        int16(value >>> 16);
        int16(value);
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
