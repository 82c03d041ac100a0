package dev.kakehashi.linux;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** IP addresses as numbers and as text; names are never looked up. */
public final class IpAddresses {
    private IpAddresses() {}

    /**
     * The address of 4 or 16 bytes. An IPv4-mapped IPv6 address becomes IPv4, as everywhere in
     * Java.
     *
     * @throws IllegalArgumentException for any other length
     */
    public static InetAddress of(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "an IP address has 4 or 16 bytes, not " + octets.length, e);
        }
    }

    /**
     * Reads an address in its full textual form, without scope: IPv4 always with four numbers.
     *
     * @throws IllegalArgumentException for anything else, names among it
     */
    public static InetAddress parse(String text) {
        boolean v6 = text.indexOf(':') >= 0;
        // Java would take "10.1" as 10.0.0.1, and look for an interface after "%".
        if (text.indexOf('%') < 0 && text.indexOf('[') < 0 && (v6 || fourNumbers(text))) {
            try {
                return InetAddress.ofLiteral(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("not an IP address: " + text, e);
            }
        }
        throw new IllegalArgumentException("not an IP address: " + text);
    }

    private static boolean fourNumbers(String text) {
        int dots = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') {
                dots++;
            } else if (c < '0' || c > '9') {
                return false;
            } else if (c == '0'
                    && (i == 0 || text.charAt(i - 1) == '.')
                    && i + 1 < text.length()
                    && text.charAt(i + 1) != '.') {
                // A leading zero means octal to some programs and decimal to others.
                return false;
            }
        }
        return dots == 3;
    }

    /**
     * The canonical text: RFC 5952 for IPv6 (lower case, the longest run of zeros as {@code ::}).
     */
    public static String format(InetAddress address) {
        if (address instanceof Inet4Address) {
            return address.getHostAddress();
        }
        byte[] octets = address.getAddress();
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (octets[2 * i] & 0xff) << 8 | (octets[2 * i + 1] & 0xff);
        }
        int bestStart = -1;
        int bestLength = 1; // a single zero group is not shortened (RFC 5952 section 4.2.2)
        for (int start = 0; start < 8; start++) {
            int length = 0;
            while (start + length < 8 && groups[start + length] == 0) {
                length++;
            }
            if (length > bestLength) {
                bestStart = start;
                bestLength = length;
            }
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
            } else {
                if (i > 0 && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
