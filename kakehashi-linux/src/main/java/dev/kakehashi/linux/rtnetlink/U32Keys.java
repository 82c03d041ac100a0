package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.Payload;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * {@code struct tc_u32_sel} and {@code struct tc_u32_key} of linux/pkt_cls.h: words of a packet,
 * counted from its network header, under masks.
 */
final class U32Keys {
    private static final int TC_U32_TERMINAL = 1;
    private static final int NKEYS = 2;
    private static final int HEADER = 16;
    private static final int KEY = 16;
    private static final int WORD = 4;

    /** Where the addresses are: struct iphdr, struct ipv6hdr. */
    private static final int SOURCE4 = 12;

    private static final int DESTINATION4 = 16;
    private static final int SOURCE6 = 8;
    private static final int DESTINATION6 = 24;

    private U32Keys() {}

    /** Writes a key for each word of a subnet; one at least, which the kernel asks for. */
    static void write(MessageWriter writer, int attribute, FilterKind.MatchSubnet match) {
        IpPrefix subnet = match.subnet().network();
        ByteBuffer address = ByteBuffer.wrap(subnet.address().getAddress());
        int words = Math.max(1, (subnet.length() + 31) / 32);
        int selector = writer.beginUnmarked(attribute);
        writer.u8(TC_U32_TERMINAL).u8(0).u8(words).zeros(HEADER - 3);
        for (int word = 0; word < words; word++) {
            bigEndian(writer, mask(subnet.length() - 32 * word));
            bigEndian(writer, address.getInt(word * WORD));
            writer.u32(start(subnet.isIpv4(), match.source()) + word * WORD).u32(0);
        }
        writer.end(selector);
    }

    private static void bigEndian(MessageWriter writer, int value) {
        writer.u8(value >>> 24).u8(value >>> 16).u8(value >>> 8).u8(value);
    }

    private static int mask(int bits) {
        return bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits);
    }

    private static int start(boolean v4, boolean source) {
        if (v4) {
            return source ? SOURCE4 : DESTINATION4;
        }
        return source ? SOURCE6 : DESTINATION6;
    }

    static boolean matchAll(Payload selector) throws MalformedMessageException {
        for (int key = 0; key < selector.u8(NKEYS); key++) {
            if (selector.u32(HEADER + key * KEY) != 0) { // the key's mask
                return false;
            }
        }
        return true;
    }

    /** The subnet that keys match; empty when they match something else. */
    static Optional<FilterKind> read(
            Payload selector, boolean v4, Optional<FilterKind.Mirred> mirred)
            throws MalformedMessageException {
        ByteBuffer address = ByteBuffer.allocate(v4 ? WORD : 4 * WORD);
        int words = selector.u8(NKEYS);
        if (words < 1 || words > address.capacity() / WORD) {
            return Optional.empty();
        }
        int first = selector.u32(HEADER + 8);
        int length = 0;
        for (int word = 0; word < words; word++) {
            int key = HEADER + word * KEY;
            int mask = bigEndian(selector, key);
            int bits = Integer.bitCount(mask);
            if (selector.u32(key + 8) != first + word * WORD
                    || selector.u32(key + 12) != 0
                    || mask != mask(bits)
                    || length != 32 * word) {
                return Optional.empty();
            }
            address.putInt(word * WORD, bigEndian(selector, key + 4));
            length += bits;
        }
        IpPrefix subnet = new IpPrefix(IpAddresses.of(address.array()), length);
        for (boolean source : new boolean[] {true, false}) {
            if (first == start(v4, source)) {
                return Optional.of(new FilterKind.MatchSubnet(subnet, source, mirred));
            }
        }
        return Optional.empty();
    }

    private static int bigEndian(Payload payload, int offset) throws MalformedMessageException {
        return payload.u8(offset) << 24
                | payload.u8(offset + 1) << 16
                | payload.u8(offset + 2) << 8
                | payload.u8(offset + 3);
    }
}
