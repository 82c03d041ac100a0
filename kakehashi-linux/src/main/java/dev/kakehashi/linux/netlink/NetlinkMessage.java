package dev.kakehashi.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A received message: its header ({@code struct nlmsghdr}) and content.
 *
 * @param type {@code nlmsg_type}
 * @param flags {@code nlmsg_flags}, {@code NLM_F_*}
 * @param sequence {@code nlmsg_seq}
 * @param port {@code nlmsg_pid}: the port of the socket that caused it, 0 for the kernel's own
 */
public record NetlinkMessage(int type, int flags, int sequence, int port, Payload payload) {
    static final int HEADER = 16;

    public static final int NLMSG_NOOP = 1;
    public static final int NLMSG_ERROR = 2;
    public static final int NLMSG_DONE = 3;
    public static final int NLMSG_OVERRUN = 4;

    public static final int NLM_F_REQUEST = 1;
    public static final int NLM_F_MULTI = 2;
    public static final int NLM_F_ACK = 4;
    public static final int NLM_F_ECHO = 8;
    public static final int NLM_F_DUMP_INTR = 0x10;
    public static final int NLM_F_REPLACE = 0x100;
    public static final int NLM_F_EXCL = 0x200;
    public static final int NLM_F_CREATE = 0x400;
    public static final int NLM_F_APPEND = 0x800;
    public static final int NLM_F_ROOT = 0x100;
    public static final int NLM_F_MATCH = 0x200;
    public static final int NLM_F_DUMP = NLM_F_ROOT | NLM_F_MATCH;
    static final int NLM_F_CAPPED = 0x100;
    static final int NLM_F_ACK_TLVS = 0x200;

    /**
     * Splits a datagram into its messages.
     *
     * @throws MalformedMessageException when a header does not fit; nothing of the datagram is
     *     returned then
     */
    public static List<NetlinkMessage> split(byte[] datagram) throws MalformedMessageException {
        ByteBuffer buffer = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
        List<NetlinkMessage> messages = new ArrayList<>();
        int position = 0;
        while (datagram.length - position >= HEADER) {
            int length = buffer.getInt(position);
            if (length < HEADER || length > datagram.length - position) {
                throw new MalformedMessageException(
                        "a netlink message claims "
                                + Integer.toUnsignedString(length)
                                + " bytes where "
                                + (datagram.length - position)
                                + " are left");
            }
            messages.add(at(buffer, position, length));
            // The last message of a datagram need not be padded.
            position = Math.min(datagram.length, position + ((length + 3) & ~3));
        }
        return messages;
    }

    /**
     * The first message of a datagram of which the end may be missing; its content is what is there
     * of it.
     *
     * @throws MalformedMessageException when not even the header is there
     */
    static NetlinkMessage beginning(byte[] datagram) throws MalformedMessageException {
        if (datagram.length < HEADER) {
            throw new MalformedMessageException(
                    "a netlink message of " + datagram.length + " bytes has no header");
        }
        ByteBuffer buffer = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
        return at(buffer, 0, Math.clamp(buffer.getInt(0), HEADER, datagram.length));
    }

    private static NetlinkMessage at(ByteBuffer buffer, int position, int length) {
        return new NetlinkMessage(
                Short.toUnsignedInt(buffer.getShort(position + 4)),
                Short.toUnsignedInt(buffer.getShort(position + 6)),
                buffer.getInt(position + 8),
                buffer.getInt(position + 12),
                new Payload(buffer, position + HEADER, position + length));
    }

    /** Whether all of {@code flag} is set. */
    public boolean has(int flag) {
        return (flags & flag) == flag;
    }
}
