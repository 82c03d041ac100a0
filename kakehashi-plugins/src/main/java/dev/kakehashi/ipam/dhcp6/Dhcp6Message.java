package dev.kakehashi.ipam.dhcp6;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A message between client and server (RFC 8415, section 8).
 *
 * @param type what it is for
 * @param xid what an exchange is known by, 24 bits
 * @param options in the order of the message
 */
record Dhcp6Message(Type type, int xid, List<Dhcp6Option> options) {

    static final int MAX_XID = 0xff_ffff;

    /** What a message is for (RFC 8415, section 7.3). */
    enum Type {
        SOLICIT(1),
        ADVERTISE(2),
        REQUEST(3),
        RENEW(5),
        REBIND(6),
        REPLY(7),
        RELEASE(8);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    /** The first option of a code. */
    Optional<Dhcp6Option> find(int code) {
        return Dhcp6Option.find(options, code);
    }

    byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(type.number);
        out.write(xid >>> 16);
        out.write(xid >>> 8);
        out.write(xid);
        out.writeBytes(Dhcp6Option.encode(options));
        return out.toByteArray();
    }

    /** Reads a message; empty when it is cut off, or none that a client has to do with. */
    static Optional<Dhcp6Message> decode(byte[] octets) {
        ByteBuffer in = ByteBuffer.wrap(octets);
        try {
            int head = in.getInt();
            for (Type type : Type.values()) {
                if (type.number == head >>> 24) {
                    List<Dhcp6Option> options = new ArrayList<>(Dhcp6Option.decode(in));
                    return Optional.of(
                            new Dhcp6Message(type, head & MAX_XID, List.copyOf(options)));
                }
            }
            return Optional.empty();
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }
}
