package dev.kakehashi.linux.rtnetlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A routing netlink message taken apart into lines: type and flags, the fixed structure, then each
 * attribute as the numbers on the way to it and its bytes, in the order of those numbers. Two
 * messages with the same lines mean the same to the kernel. Reads without the library's decoders,
 * which are what is tested with it.
 *
 * <p>Not told apart are: the order of attributes of different numbers, the mark NLA_F_NESTED (older
 * interfaces are used without), the final NUL of a link's kind, an INFO_DATA without content and
 * none, sequence and port, NLM_F_ACK.
 */
final class MessageTree {
    private static final int HEADER = 16;
    private static final int NLM_F_ACK = 4;
    private static final int TYPE_MASK = 0x3fff;
    private static final int AF_BRIDGE = 7;

    /** The attributes that hold others, by the object that a message is about. */
    private static final Set<String> OF_LINK =
            Set.of("18", "18/2", "18/5", "26", "26/2", "26/2/1", "26/10");

    private static final Set<String> OF_PORT = Set.of("26");
    private static final Set<String> OF_ROUTE = Set.of("8");
    private static final Set<String> OF_TRAFFIC =
            Set.of("2", "2/7", "2/7/1", "2/7/1/2", "2/7/2", "2/7/2/2");

    private static final Set<String> KIND = Set.of("18/1", "18/4");

    private final ByteBuffer message;
    private final Set<String> nested;
    private final List<String> lines = new ArrayList<>();
    private String kind = "";

    private MessageTree(byte[] bytes) {
        message = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int family = message.get(HEADER);
        nested =
                switch (object(message.getShort(4))) {
                    case 0 -> family == AF_BRIDGE ? OF_PORT : OF_LINK;
                    case 2 -> OF_ROUTE;
                    case 5, 7 -> OF_TRAFFIC;
                    default -> Set.of();
                };
    }

    /** Four types to an object, RTM_NEWLINK is the first (linux/rtnetlink.h). */
    private static int object(int type) {
        return (type - 16) / 4;
    }

    static List<String> lines(byte[] bytes) {
        MessageTree tree = new MessageTree(bytes);
        tree.readMessage();
        return tree.lines;
    }

    private void readMessage() {
        int type = message.getShort(4);
        int length = message.getInt(0);
        if (length > message.capacity()) {
            throw new AssertionError("claims " + length + " of " + message.capacity() + " bytes");
        }
        int flags = message.getShort(6) & ~NLM_F_ACK;
        lines.add("type " + type + " flags 0x" + Integer.toHexString(flags));
        int fixed =
                switch (object(type)) {
                    case 0 -> 16; // struct ifinfomsg
                    case 1 -> 8; // struct ifaddrmsg
                    case 5, 6, 7 -> 20; // struct tcmsg
                    case 18 -> 4; // struct rtgenmsg, padded
                    default -> 12; // struct rtmsg, ndmsg, fib_rule_hdr
                };
        lines.add("fixed " + hex(HEADER, HEADER + fixed));
        readAttributes("", HEADER + fixed, length);
    }

    private void readAttributes(String path, int from, int to) {
        List<int[]> attributes = new ArrayList<>(); // type, start and end of content
        for (int at = from; at < to; ) {
            int length = Short.toUnsignedInt(message.getShort(at));
            if (length < 4 || at + length > to) {
                throw new AssertionError("an attribute at " + at + " claims " + length + " bytes");
            }
            int type = message.getShort(at + 2) & TYPE_MASK;
            attributes.add(new int[] {type, at + 4, at + length});
            at += (length + 3) & ~3;
        }
        attributes.sort((a, b) -> Integer.compare(a[0], b[0]));
        for (int[] a : attributes) {
            readAttribute(path.isEmpty() ? "" + a[0] : path + "/" + a[0], a[1], a[2]);
        }
    }

    private void readAttribute(String path, int from, int to) {
        if (path.equals("18/2/1") && kind.equals("veth")) { // VETH_INFO_PEER: a link's message
            lines.add(path + " fixed " + hex(from, from + 16));
            readAttributes(path, from + 16, to);
        } else if (nested.contains(path)) {
            readAttributes(path, from, to);
        } else if (KIND.contains(path)) {
            byte[] text = Arrays.copyOfRange(message.array(), from, to);
            kind = new String(text, StandardCharsets.US_ASCII).replace("\0", "");
            lines.add(path + " " + kind);
        } else {
            lines.add(path + " " + hex(from, to));
        }
    }

    private String hex(int from, int to) {
        return HexFormat.of().formatHex(message.array(), from, to);
    }
}
