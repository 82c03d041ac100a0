package dev.kakehashi.linux.dbus;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages of the bus (D-Bus specification, "Message Protocol"): calls whose arguments are texts,
 * and answers that begin with a text or a truth value.
 */
final class DbusMessage {
    static final int ERROR = 3;

    /** Bytes before the header's fields, with the length of these. */
    static final int FIXED = 16;

    /** The greatest message (D-Bus specification, "Message Format"). */
    private static final int MAX = 1 << 27;

    private static final int METHOD_CALL = 1;
    private static final int VERSION = 1;
    private static final int PATH = 1;
    private static final int INTERFACE = 2;
    private static final int MEMBER = 3;
    private static final int ERROR_NAME = 4;
    private static final int REPLY_SERIAL = 5;
    private static final int DESTINATION = 6;
    private static final int SIGNATURE = 8;

    private DbusMessage() {}

    /**
     * An answer.
     *
     * @param type of message
     * @param replySerial the call that it answers; 0 for none
     * @param errorName of an error; else empty
     * @param values what is in it, as far as these are texts and truth values at its beginning
     */
    record Answer(int type, int replySerial, String errorName, List<Object> values) {}

    /** A method call. */
    static ByteBuffer call(
            int serial,
            String destination,
            String path,
            String iface,
            String member,
            List<String> arguments) {
        Writer body = new Writer();
        arguments.forEach(body::string);
        Writer fields = new Writer();
        fields.field(PATH, "o", path);
        fields.field(INTERFACE, "s", iface);
        fields.field(MEMBER, "s", member);
        fields.field(DESTINATION, "s", destination);
        if (!arguments.isEmpty()) {
            fields.field(SIGNATURE, "g", "s".repeat(arguments.size()));
        }
        Writer message = new Writer();
        message.u8('l').u8(METHOD_CALL).u8(0).u8(VERSION);
        message.u32(body.length()).u32(serial).u32(fields.length());
        message.bytes(fields).align(8).bytes(body);
        return message.finished();
    }

    /**
     * The length of a message that begins with these {@link #FIXED} bytes.
     *
     * @throws IOException when these are no message
     */
    static int length(ByteBuffer start) throws IOException {
        ByteBuffer head = ordered(start);
        long body = Integer.toUnsignedLong(head.getInt(4));
        long fields = Integer.toUnsignedLong(head.getInt(12));
        long length = ((FIXED + fields + 7) & ~7L) + body;
        if (head.get(3) != VERSION || length > MAX) {
            throw new IOException("the system bus sent something that is no message");
        }
        return (int) length;
    }

    private static ByteBuffer ordered(ByteBuffer message) throws IOException {
        ByteBuffer copy = message.duplicate();
        copy.position(0);
        return switch (copy.get(0)) {
            case 'l' -> copy.order(ByteOrder.LITTLE_ENDIAN);
            case 'B' -> copy.order(ByteOrder.BIG_ENDIAN);
            default -> throw new IOException("the system bus sent something that is no message");
        };
    }

    /** Reads a whole message. */
    static Answer read(ByteBuffer message) throws IOException {
        ByteBuffer in = ordered(message);
        try {
            int type = in.get(1);
            int end = FIXED + in.getInt(12);
            in.position(FIXED);
            int replySerial = 0;
            String errorName = "";
            String signature = "";
            while (in.position() < end) {
                align(in, 8);
                int code = in.get();
                String kind = signature(in);
                switch (kind) {
                    case "u" -> {
                        align(in, 4);
                        int value = in.getInt();
                        replySerial = code == REPLY_SERIAL ? value : replySerial;
                    }
                    case "g" -> {
                        String value = signature(in);
                        signature = code == SIGNATURE ? value : signature;
                    }
                    case "s", "o" -> {
                        String value = string(in);
                        errorName = code == ERROR_NAME ? value : errorName;
                    }
                    default -> throw new IOException("unknown field of a message: " + kind);
                }
            }
            align(in, 8);
            return new Answer(type, replySerial, errorName, values(in, signature));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new IOException("the system bus sent a damaged message", e);
        }
    }

    private static List<Object> values(ByteBuffer in, String signature) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < signature.length(); i++) {
            switch (signature.charAt(i)) {
                case 's', 'o' -> values.add(string(in));
                case 'b' -> {
                    align(in, 4);
                    values.add(in.getInt() != 0);
                }
                default -> {
                    return values;
                }
            }
        }
        return values;
    }

    private static void align(ByteBuffer in, int size) {
        in.position((in.position() + size - 1) / size * size);
    }

    private static String string(ByteBuffer in) {
        align(in, 4);
        return text(in, in.getInt());
    }

    private static String signature(ByteBuffer in) {
        return text(in, in.get());
    }

    private static String text(ByteBuffer in, int length) {
        if (length < 0 || length >= in.remaining()) {
            throw new IllegalArgumentException("a text is longer than its message");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        in.get(); // the final zero
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Writes values with their alignment, little-endian. */
    private static final class Writer {
        private ByteBuffer out = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

        private void reserve(int bytes) {
            if (out.remaining() < bytes) {
                ByteBuffer more =
                        ByteBuffer.allocate(2 * out.capacity() + bytes)
                                .order(ByteOrder.LITTLE_ENDIAN);
                out.flip();
                out = more.put(out);
            }
        }

        int length() {
            return out.position();
        }

        Writer u8(int value) {
            reserve(1);
            out.put((byte) value);
            return this;
        }

        Writer u32(int value) {
            align(4);
            reserve(4);
            out.putInt(value);
            return this;
        }

        Writer align(int size) {
            while (out.position() % size != 0) {
                u8(0);
            }
            return this;
        }

        Writer string(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            u32(bytes.length);
            return zeroEnded(bytes);
        }

        private Writer zeroEnded(byte[] bytes) {
            reserve(bytes.length + 1);
            out.put(bytes).put((byte) 0);
            return this;
        }

        private Writer signature(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return u8(bytes.length).zeroEnded(bytes);
        }

        void field(int code, String kind, String value) {
            align(8);
            u8(code).signature(kind);
            if (kind.equals("g")) {
                signature(value);
            } else {
                string(value);
            }
        }

        /** What was written at a place whose alignment is the same. */
        Writer bytes(Writer other) {
            reserve(other.length());
            out.put(other.out.array(), 0, other.length());
            return this;
        }

        ByteBuffer finished() {
            return out.flip();
        }
    }
}
