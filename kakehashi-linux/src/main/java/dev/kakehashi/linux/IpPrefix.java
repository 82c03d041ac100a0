package dev.kakehashi.linux;

import org.jspecify.annotations.Nullable;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Objects;

/**
 * An IP address with a prefix length, {@code 10.1.2.3/24}: an interface's address keeps its host
 * bits; of a network they are zero (see {@link #network}).
 *
 * @param address the address; host bits are kept
 * @param length 0 to 32 or 128
 */
public record IpPrefix(InetAddress address, int length) implements Comparable<IpPrefix> {
    public IpPrefix {
        Objects.requireNonNull(address, "address");
        int bits = bits(address);
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException(
                    "the prefix length of "
                            + IpAddresses.format(address)
                            + " must be 0 to "
                            + bits
                            + ", not "
                            + length);
        }
        address = withoutScope(address);
    }

    /** The prefix that holds one address: /32 or /128. */
    public static IpPrefix host(InetAddress address) {
        return new IpPrefix(address, bits(address));
    }

    /**
     * Reads {@code address/length}; without a length it is the prefix of one host.
     *
     * @throws IllegalArgumentException when it is not an address in numbers or the length does not
     *     fit
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return host(literal(text, text));
        }
        InetAddress address = literal(text.substring(0, slash), text);
        return new IpPrefix(address, length(text, slash + 1));
    }

    /** Whether this is IPv4 (an IPv4-mapped IPv6 address is IPv4 to Java). */
    public boolean isIpv4() {
        return address instanceof Inet4Address;
    }

    /** The bits of an address of this family: 32 or 128. */
    public int bits() {
        return bits(address);
    }

    /** The same prefix with all host bits zero. */
    public IpPrefix network() {
        byte[] octets = address.getAddress();
        for (int i = length; i < octets.length * 8; i++) {
            octets[i / 8] &= (byte) ~(0x80 >> (i % 8));
        }
        return new IpPrefix(IpAddresses.of(octets), length);
    }

    /** Whether the host bits are zero. */
    public boolean isNetwork() {
        return equals(network());
    }

    /** Whether {@code other} is of this family and shares the first {@link #length} bits. */
    public boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        int whole = length / 8;
        if (!Arrays.equals(mine, 0, whole, theirs, 0, whole)) {
            return false;
        }
        int rest = length % 8;
        return rest == 0 || (mine[whole] ^ theirs[whole]) >>> (8 - rest) == 0;
    }

    /** Whether every address of {@code other} is in this prefix. */
    public boolean contains(IpPrefix other) {
        return other.length >= length && contains(other.address);
    }

    /** Whether the two have an address in common. */
    public boolean overlaps(IpPrefix other) {
        return contains(other) || other.contains(this);
    }

    /** IPv4 before IPv6, then by address as an unsigned number, then the shorter prefix first. */
    @Override
    public int compareTo(IpPrefix other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.address.getAddress();
        int order = Integer.compare(mine.length, theirs.length);
        if (order == 0) {
            order = Arrays.compareUnsigned(mine, theirs);
        }
        return order == 0 ? Integer.compare(length, other.length) : order;
    }

    // Not the generated methods: see NetnsId.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IpPrefix prefix
                && length == prefix.length
                && address.equals(prefix.address);
    }

    @Override
    public int hashCode() {
        return 31 * address.hashCode() + length;
    }

    /** {@code address/length} with the address in its canonical text. */
    @Override
    public String toString() {
        return IpAddresses.format(address) + "/" + length;
    }

    private static int bits(InetAddress address) {
        return address instanceof Inet4Address ? 32 : 128;
    }

    private static InetAddress literal(String address, String whole) {
        try {
            return IpAddresses.parse(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not an IP address or prefix: " + whole, e);
        }
    }

    private static int length(String text, int start) {
        int digits = text.length() - start;
        int length = 0;
        for (int i = start; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || digits > 3 || (digits > 1 && i == start && digit == 0)) {
                throw new IllegalArgumentException("not a prefix length: " + text);
            }
            length = length * 10 + digit;
        }
        if (digits == 0) {
            throw new IllegalArgumentException("not a prefix length: " + text);
        }
        return length;
    }

    private static InetAddress withoutScope(InetAddress address) {
        // Inet6Address.equals compares the scope; the kernel's prefixes have none.
        return address instanceof Inet4Address ? address : IpAddresses.of(address.getAddress());
    }
}
