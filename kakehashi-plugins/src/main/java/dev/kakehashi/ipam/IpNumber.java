package dev.kakehashi.ipam;

import dev.kakehashi.cni.IpText;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IP address as the unsigned number it is, for counting through ranges.
 *
 * <p>An IPv4 address occupies the low 32 bits; IPv4-mapped IPv6 addresses are IPv4, as {@link
 * InetAddress#getByAddress(byte[])} makes them. Numbers of different families never equal; IPv4
 * sorts first.
 *
 * @param v6 whether the number has 128 bits rather than 32
 * @param high the upper 64 bits, unsigned
 * @param low the lower 64 bits, unsigned
 */
record IpNumber(boolean v6, long high, long low) implements Comparable<IpNumber> {

    /** The number of {@code address}. */
    static IpNumber of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4
                ? new IpNumber(false, 0, bits(bytes, 0, 4))
                : new IpNumber(true, bits(bytes, 0, 8), bits(bytes, 8, 16));
    }

    // Not the generated methods: linking them takes a cold process milliseconds.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IpNumber number
                && v6 == number.v6
                && high == number.high
                && low == number.low;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(high) + Long.hashCode(low);
    }

    private static long bits(byte[] bytes, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value << 8 | (bytes[i] & 0xff);
        }
        return value;
    }

    /** This number as an address. */
    InetAddress address() {
        byte[] bytes = new byte[v6 ? 16 : 4];
        for (int i = 0; i < bytes.length; i++) {
            int shift = 8 * (bytes.length - 1 - i);
            bytes[i] = (byte) (shift >= 64 ? high >>> (shift - 64) : low >>> shift);
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 and 16 bytes are always an address", e);
        }
    }

    /** How many bits an address of this family has: 32 or 128. */
    int width() {
        return v6 ? 128 : 32;
    }

    /** The next higher address; the highest one is followed by the lowest. */
    IpNumber next() {
        long sum = low + 1;
        return v6
                ? new IpNumber(true, sum == 0 ? high + 1 : high, sum)
                : new IpNumber(false, 0, sum & 0xffff_ffffL);
    }

    /** The next lower address; the lowest one is preceded by the highest. */
    IpNumber previous() {
        return v6
                ? new IpNumber(true, low == 0 ? high - 1 : high, low - 1)
                : new IpNumber(false, 0, (low - 1) & 0xffff_ffffL);
    }

    /** The first address of the subnet of {@code prefixLength} bits around this one. */
    IpNumber firstOf(int prefixLength) {
        return new IpNumber(v6, high & ~hostHigh(prefixLength), low & ~hostLow(prefixLength));
    }

    /** The last address of the subnet of {@code prefixLength} bits around this one. */
    IpNumber lastOf(int prefixLength) {
        return new IpNumber(v6, high | hostHigh(prefixLength), low | hostLow(prefixLength));
    }

    private long hostHigh(int prefixLength) {
        int hostBits = width() - prefixLength;
        return hostBits <= 64 ? 0 : hostBits == 128 ? -1 : (1L << (hostBits - 64)) - 1;
    }

    private long hostLow(int prefixLength) {
        int hostBits = width() - prefixLength;
        return hostBits >= 64 ? -1 : (1L << hostBits) - 1;
    }

    /**
     * How many addresses there are from this one to {@code last}, both included; {@link
     * Long#MAX_VALUE} when there are more than that.
     */
    long countTo(IpNumber last) {
        long below = last.low - low;
        long carry = Long.compareUnsigned(last.low, low) < 0 ? 1 : 0;
        boolean fits = last.high - high - carry == 0 && below >= 0 && below != Long.MAX_VALUE;
        return fits ? below + 1 : Long.MAX_VALUE;
    }

    @Override
    public int compareTo(IpNumber other) {
        if (v6 != other.v6) {
            return v6 ? 1 : -1;
        }
        int order = Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }

    /** The canonical text: dotted decimal, or RFC 5952. It is also the name of a reservation. */
    @Override
    public String toString() {
        return IpText.format(address());
    }
}
