package dev.kakehashi.cni;

import java.net.InetAddress;
import java.util.Optional;

/**
 * An address with its prefix length as the specification writes it ({@code 10.1.2.3/24}). Host bits
 * are kept: they are the address.
 *
 * @param address the address
 * @param prefixLength bits of the network part, 0–32 or 0–128
 */
public record Cidr(InetAddress address, int prefixLength) {
    /** Checks the prefix length against the address family. */
    public Cidr {
        if (prefixLength < 0 || prefixLength > address.getAddress().length * 8) {
            throw new IllegalArgumentException(
                    "prefix length " + prefixLength + " does not fit " + IpText.format(address));
        }
    }

    /** Reads {@code address/length}; empty when the text is none. */
    public static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        Optional<InetAddress> address = IpText.parse(text.substring(0, slash));
        int length = length(text, slash + 1);
        if (address.isEmpty() || length < 0) {
            return Optional.empty();
        }
        int bits = address.get().getAddress().length * 8;
        boolean mapped = bits == 32 && text.indexOf(':') >= 0;
        int effective = mapped ? length - 96 : length;
        return effective < 0 || effective > bits
                ? Optional.empty()
                : Optional.of(new Cidr(address.get(), effective));
    }

    private static int length(String text, int from) {
        int value = 0;
        if (from == text.length() || text.length() - from > 3) {
            return -1;
        }
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }

    /** Whether the address is an IPv4 address. */
    public boolean isIpv4() {
        return address.getAddress().length == 4;
    }

    /** {@code address/length}, the address in canonical form. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(24);
        IpText.append(out, address.getAddress());
        return out.append('/').append(prefixLength).toString();
    }
}
