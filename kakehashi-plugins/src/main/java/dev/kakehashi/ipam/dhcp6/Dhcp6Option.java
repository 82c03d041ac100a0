package dev.kakehashi.ipam.dhcp6;

import dev.kakehashi.linux.IpAddresses;

import java.net.InetAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An option (RFC 8415, section 21).
 *
 * @param value neither changed by this class nor to be changed by others
 */
@SuppressWarnings("ArrayRecordComponent") // no option is compared with another
record Dhcp6Option(int code, byte[] value) {

    static final int CLIENT_ID = 1;
    static final int SERVER_ID = 2;
    static final int IA_NA = 3;
    static final int IA_ADDRESS = 5;
    static final int REQUESTED = 6;
    static final int PREFERENCE = 7;
    static final int ELAPSED = 8;
    static final int STATUS = 13;
    static final int RAPID_COMMIT = 14;

    /** RFC 3646. */
    static final int NAME_SERVERS = 23;

    /** RFC 3646. */
    static final int DOMAIN_LIST = 24;

    private static final int V6 = 16;

    static Dhcp6Option empty(int code) {
        return new Dhcp6Option(code, new byte[0]);
    }

    /** Numbers of 16 bits. */
    static Dhcp6Option shorts(int code, int... numbers) {
        ByteBuffer value = ByteBuffer.allocate(numbers.length * Short.BYTES);
        for (int number : numbers) {
            value.putShort((short) number);
        }
        return new Dhcp6Option(code, value.array());
    }

    static Optional<Dhcp6Option> find(List<Dhcp6Option> options, int code) {
        for (Dhcp6Option option : options) {
            if (option.code == code) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    static byte[] encode(List<Dhcp6Option> options) {
        int length = 0;
        for (Dhcp6Option option : options) {
            length += 4 + option.value.length;
        }
        ByteBuffer out = ByteBuffer.allocate(length);
        for (Dhcp6Option option : options) {
            out.putShort((short) option.code).putShort((short) option.value.length);
            out.put(option.value);
        }
        return out.array();
    }

    /**
     * What follows, to its end.
     *
     * @throws BufferUnderflowException when it ends within an option
     */
    static List<Dhcp6Option> decode(ByteBuffer in) {
        List<Dhcp6Option> options = new ArrayList<>();
        while (in.hasRemaining()) {
            int code = Short.toUnsignedInt(in.getShort());
            byte[] value = new byte[Short.toUnsignedInt(in.getShort())];
            in.get(value);
            options.add(new Dhcp6Option(code, value));
        }
        return options;
    }

    /** Whole addresses, one after the other. */
    List<InetAddress> addresses() {
        List<InetAddress> addresses = new ArrayList<>();
        for (int at = 0; at + V6 <= value.length; at += V6) {
            addresses.add(IpAddresses.of(Arrays.copyOfRange(value, at, at + V6)));
        }
        return addresses;
    }

    /** The number of a status; 0, success, where it says nothing. */
    int status() {
        return value.length < Short.BYTES
                ? 0
                : Short.toUnsignedInt(ByteBuffer.wrap(value).getShort());
    }
}
