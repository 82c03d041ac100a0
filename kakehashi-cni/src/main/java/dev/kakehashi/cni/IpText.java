package dev.kakehashi.cni;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * IP addresses as text, strictly and without any name lookup: dotted decimal without leading zeros,
 * and RFC 4291 section 2.2 for IPv6. Written in the canonical form of RFC 5952. An IPv4-mapped IPv6
 * address is an IPv4 address, as in the reference.
 */
public final class IpText {
    private static final int V4_BYTES = 4;
    private static final int V6_BYTES = 16;
    private static final int V6_GROUPS = 8;

    private IpText() {}

    /** Reads an address; empty when the text is none (zones are refused). */
    public static Optional<InetAddress> parse(String text) {
        byte[] bytes = new byte[V6_BYTES];
        if (text.indexOf(':') < 0) {
            return parseV4(text, 0, bytes, 0)
                    ? Optional.of(address(bytes, V4_BYTES))
                    : Optional.empty();
        }
        return parseV6(text, bytes) ? Optional.of(address(bytes, V6_BYTES)) : Optional.empty();
    }

    private static InetAddress address(byte[] bytes, int length) {
        try {
            return InetAddress.getByAddress(Arrays.copyOf(bytes, length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are an address", e);
        }
    }

    private static boolean parseV4(String text, int from, byte[] out, int at) {
        int position = from;
        for (int octet = 0; octet < V4_BYTES; octet++) {
            if (octet > 0) {
                if (position >= text.length() || text.charAt(position) != '.') {
                    return false;
                }
                position++;
            }
            int start = position;
            int value = 0;
            while (position < text.length()
                    && isDigit(text.charAt(position))
                    && position - start < 3) {
                value = value * 10 + (text.charAt(position) - '0');
                position++;
            }
            boolean leadingZero = position - start > 1 && text.charAt(start) == '0';
            if (position == start || leadingZero || value > 255) {
                return false;
            }
            out[at + octet] = (byte) value;
        }
        return position == text.length();
    }

    private static boolean parseV6(String text, byte[] out) {
        int length = text.length();
        int position = 0;
        int filled = 0;
        int gap = -1;
        if (text.startsWith("::")) {
            gap = 0;
            position = 2;
        }
        while (position < length) {
            if (filled == V6_BYTES) {
                return false;
            }
            int end = position;
            int value = 0;
            while (end < length
                    && Character.digit(text.charAt(end), 16) >= 0
                    && text.charAt(end) < 128) {
                value = (value << 4) | Character.digit(text.charAt(end), 16);
                end++;
                if (end - position > 4) {
                    return false;
                }
            }
            if (end < length && text.charAt(end) == '.') {
                if (filled > V6_BYTES - V4_BYTES || !parseV4(text, position, out, filled)) {
                    return false;
                }
                filled += V4_BYTES;
                position = length;
                break;
            }
            if (end == position) {
                return false;
            }
            out[filled++] = (byte) (value >> 8);
            out[filled++] = (byte) value;
            position = end;
            if (position == length) {
                break;
            }
            if (text.charAt(position) != ':' || position + 1 == length) {
                return false;
            }
            position++;
            if (text.charAt(position) == ':') {
                if (gap >= 0) {
                    return false;
                }
                gap = filled;
                position++;
            }
        }
        return expand(out, filled, gap);
    }

    /** Moves what stands behind "::" to the end. "::" must stand for at least one group. */
    private static boolean expand(byte[] out, int filled, int gap) {
        if (gap < 0) {
            return filled == V6_BYTES;
        }
        if (filled == V6_BYTES) {
            return false;
        }
        int tail = filled - gap;
        System.arraycopy(out, gap, out, V6_BYTES - tail, tail);
        Arrays.fill(out, gap, V6_BYTES - tail, (byte) 0);
        return true;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Writes an address: {@code 10.1.2.3}, {@code 2001:db8::1}. */
    public static String format(InetAddress address) {
        byte[] b = address.getAddress();
        StringBuilder out = new StringBuilder(address instanceof Inet4Address ? 15 : 39);
        append(out, b);
        return out.toString();
    }

    static void append(StringBuilder out, byte[] b) {
        if (b.length == V4_BYTES) {
            out.append(b[0] & 0xff).append('.').append(b[1] & 0xff).append('.');
            out.append(b[2] & 0xff).append('.').append(b[3] & 0xff);
            return;
        }
        int gapStart = -1;
        int gapLength = 1;
        for (int i = 0; i < V6_GROUPS; i++) {
            int run = 0;
            while (i + run < V6_GROUPS && group(b, i + run) == 0) {
                run++;
            }
            if (run > gapLength) {
                gapStart = i;
                gapLength = run;
            }
            i += run;
        }
        for (int i = 0; i < V6_GROUPS; i++) {
            if (i == gapStart) {
                out.append("::");
                i += gapLength - 1;
                continue;
            }
            if (i > 0 && i != gapStart + gapLength) {
                out.append(':');
            }
            out.append(Integer.toHexString(group(b, i)));
        }
    }

    private static int group(byte[] b, int index) {
        return (b[2 * index] & 0xff) << 8 | (b[2 * index + 1] & 0xff);
    }
}
