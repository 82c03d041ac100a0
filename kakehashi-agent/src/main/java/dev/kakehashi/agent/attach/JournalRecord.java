package dev.kakehashi.agent.attach;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What one journal slot says while a call is under way: enough to run it, or its opposite, again.
 *
 * @param bootId the boot in which it began ({@code /proc/sys/kernel/random/boot_id}): of an earlier
 *     one only files are left, and nothing in the kernel
 * @param domain whose network and files the call was about
 * @param request the REQUEST frame
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record JournalRecord(String bootId, Domain domain, byte[] request) {
    /** The state of the slot, its first byte. */
    static final byte EMPTY = 0;

    static final byte PENDING = 1;
    static final byte DONE = 2;

    /** state 1, unused 3, CRC-32C of what follows 4, length of what follows 4. */
    private static final int HEADER = 12;

    private static final int FIXED = 2 + 3 * 8 + 1;

    /** The bytes of the slot with the state PENDING. */
    ByteBuffer encode() {
        byte[] boot = bootId.getBytes(StandardCharsets.US_ASCII);
        int length = FIXED + boot.length + request.length;
        ByteBuffer out = ByteBuffer.allocate(HEADER + length);
        out.put(PENDING).put(new byte[3]).putInt(0).putInt(length);
        out.put((byte) 1).put((byte) (domain.isOwn() ? 1 : 0));
        out.putLong(domain.rootMount()).putLong(domain.netnsDevice()).putLong(domain.netnsInode());
        out.put((byte) boot.length).put(boot).put(request);
        out.putInt(4, checksum(out.array(), HEADER, length));
        return out.flip();
    }

    /** The length of the encoded record, where the answer is written behind. */
    int size() {
        return HEADER + FIXED + bootId.length() + request.length;
    }

    /** Reads a slot; empty when it is in the state EMPTY, or when its writing was cut off. */
    static Optional<JournalRecord> decode(byte[] slot) {
        if (slot.length < HEADER + FIXED || slot[0] == EMPTY) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(slot);
        int length = in.getInt(8);
        if (length < FIXED
                || length > slot.length - HEADER
                || in.getInt(4) != checksum(slot, HEADER, length)) {
            return Optional.empty();
        }
        in.limit(HEADER + length).position(HEADER);
        if (in.get() != 1) {
            return Optional.empty();
        }
        boolean own = in.get() != 0;
        Domain domain = new Domain(own, in.getLong(), in.getLong(), in.getLong());
        byte[] boot = new byte[in.get()];
        in.get(boot);
        byte[] request = new byte[in.remaining()];
        in.get(request);
        return Optional.of(
                new JournalRecord(new String(boot, StandardCharsets.US_ASCII), domain, request));
    }

    /** The call itself. */
    AttachRequest decodeRequest() throws ProtocolException {
        return AttachRequest.decode(decodeFrame(request));
    }

    /** A frame that was written as a whole. */
    static Frame decodeFrame(byte[] frame) throws ProtocolException {
        if (frame.length < Protocol.HEADER_SIZE) {
            throw new ProtocolException(Refusal.MALFORMED, "a frame is cut off");
        }
        return Frame.decode(
                Frame.header(frame), Arrays.copyOfRange(frame, Protocol.HEADER_SIZE, frame.length));
    }

    /** Computes the tables of the checksum, which the first record would do otherwise. */
    static void prepare() {
        int _ = checksum(new byte[1], 0, 1);
    }

    private static int checksum(byte[] bytes, int start, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, start, length);
        return (int) sum.getValue();
    }
}
