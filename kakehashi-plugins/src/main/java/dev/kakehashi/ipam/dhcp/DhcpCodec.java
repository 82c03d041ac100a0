package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;

import java.net.InetAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/** Messages as octets (RFC 2131, section 2; options: RFC 2132, RFC 3396). */
final class DhcpCodec {

    private static final int REQUEST = 1;
    private static final int REPLY = 2;
    private static final int ETHERNET = 1;
    private static final int MAC = 6;
    private static final int CHADDR = 16;
    private static final int SNAME = 64;
    private static final int FILE = 128;
    private static final int MAGIC = 0x63825363;
    private static final int FLAG_BROADCAST = 0x8000;
    private static final int PAD = 0;
    private static final int END = 255;
    private static final int OVERLOADS_FILE = 1;
    private static final int OVERLOADS_SNAME = 2;

    /** Servers and relays drop what is shorter than a BOOTP message (RFC 951). */
    private static final int MINIMUM = 300;

    /** Longer than any packet that is sent whole. */
    private static final int MAXIMUM = 65_535;

    private DhcpCodec() {}

    static byte[] encode(DhcpMessage message) {
        ByteBuffer out = ByteBuffer.allocate(MAXIMUM);
        out.put((byte) (message.reply() ? REPLY : REQUEST));
        out.put((byte) ETHERNET).put((byte) MAC).put((byte) 0);
        out.putInt(message.xid());
        out.putShort((short) message.seconds());
        out.putShort((short) (message.broadcast() ? FLAG_BROADCAST : 0));
        out.put(message.clientAddress().getAddress());
        out.put(message.yourAddress().getAddress());
        out.put(new byte[8]); // siaddr, giaddr
        out.put(message.hardware().octets()).put(new byte[CHADDR - MAC]);
        out.put(new byte[SNAME + FILE]);
        out.putInt(MAGIC);
        for (Map.Entry<Integer, byte[]> option : message.options().values().entrySet()) {
            put(out, option.getKey(), option.getValue());
        }
        out.put((byte) END);
        while (out.position() < MINIMUM) {
            out.put((byte) PAD);
        }
        byte[] encoded = new byte[out.position()];
        out.flip().get(encoded);
        return encoded;
    }

    /** A value of more than 255 octets is split (RFC 3396). */
    private static void put(ByteBuffer out, int option, byte[] value) {
        int at = 0;
        do {
            int length = Math.min(255, value.length - at);
            out.put((byte) option).put((byte) length).put(value, at, length);
            at += length;
        } while (at < value.length);
    }

    /** Reads a message; empty when the octets are none for Ethernet. */
    static Optional<DhcpMessage> decode(byte[] octets) {
        ByteBuffer in = ByteBuffer.wrap(octets);
        try {
            int op = in.get();
            int hardwareType = in.get();
            int hardwareLength = in.get();
            in.get(); // hops
            if ((op != REQUEST && op != REPLY)
                    || hardwareType != ETHERNET
                    || hardwareLength != MAC) {
                return Optional.empty();
            }
            int xid = in.getInt();
            int seconds = Short.toUnsignedInt(in.getShort());
            boolean broadcast = (in.getShort() & FLAG_BROADCAST) != 0;
            InetAddress client = address(in);
            InetAddress yours = address(in);
            in.position(in.position() + 8);
            byte[] mac = new byte[MAC];
            in.get(mac).position(in.position() + CHADDR - MAC);
            int names = in.position();
            in.position(names + SNAME + FILE);
            if (in.getInt() != MAGIC) {
                return Optional.empty();
            }
            DhcpOptions options = options(in, DhcpOptions.NONE);
            options = overloaded(octets, names, options);
            return Optional.of(
                    new DhcpMessage(
                            op == REPLY,
                            xid,
                            seconds,
                            broadcast,
                            client,
                            yours,
                            MacAddress.of(mac),
                            options));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return Optional.empty(); // cut off
        }
    }

    private static InetAddress address(ByteBuffer in) {
        byte[] octets = new byte[4];
        in.get(octets);
        return IpAddresses.of(octets);
    }

    private static DhcpOptions options(ByteBuffer in, DhcpOptions before) {
        DhcpOptions options = before;
        while (in.hasRemaining()) {
            int option = Byte.toUnsignedInt(in.get());
            if (option == PAD) {
                continue;
            }
            if (option == END || !in.hasRemaining()) {
                break;
            }
            byte[] value = new byte[Byte.toUnsignedInt(in.get())];
            in.get(value);
            options = options.append(option, value);
        }
        return options;
    }

    /** Options that found no place where they belong are in the fields for names. */
    private static DhcpOptions overloaded(byte[] octets, int names, DhcpOptions options) {
        byte[] overload = options.find(DhcpOptions.OVERLOAD).orElse(new byte[0]);
        DhcpOptions all = options;
        if (overload.length == 1 && (overload[0] & OVERLOADS_FILE) != 0) {
            all = options(ByteBuffer.wrap(octets, names + SNAME, FILE).slice(), all);
        }
        if (overload.length == 1 && (overload[0] & OVERLOADS_SNAME) != 0) {
            all = options(ByteBuffer.wrap(octets, names, SNAME).slice(), all);
        }
        return all;
    }
}
