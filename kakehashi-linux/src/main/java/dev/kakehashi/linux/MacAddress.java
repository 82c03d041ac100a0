package dev.kakehashi.linux;

import java.util.HexFormat;

/** A 48-bit IEEE 802 MAC address. */
public final class MacAddress implements Comparable<MacAddress> {
    /** All bits one. */
    public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

    /** All bits zero: in an FDB entry of a VXLAN device "every unknown address". */
    public static final MacAddress ZERO = new MacAddress(0);

    private static final HexFormat HEX = HexFormat.of();
    private static final int LENGTH = 6;
    private static final long LOCAL_BIT = 0x0200_0000_0000L;
    private static final long GROUP_BIT = 0x0100_0000_0000L;

    private final long bits;

    private MacAddress(long bits) {
        this.bits = bits;
    }

    /** The address in the lower 48 bits of a number. */
    public static MacAddress of(long bits) {
        if (bits >>> 48 != 0) {
            throw new IllegalArgumentException("more than 48 bits: 0x" + Long.toHexString(bits));
        }
        return new MacAddress(bits);
    }

    /** The address in six bytes. */
    public static MacAddress of(byte[] octets) {
        if (octets.length != LENGTH) {
            throw new IllegalArgumentException("a MAC address has 6 bytes, not " + octets.length);
        }
        long bits = 0;
        for (byte octet : octets) {
            bits = bits << 8 | (octet & 0xff);
        }
        return new MacAddress(bits);
    }

    /**
     * Reads {@code aa:bb:cc:dd:ee:ff}, also with hyphens or upper case.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static MacAddress parse(String text) {
        if (text.length() != 17) {
            throw notAnAddress(text);
        }
        char separator = text.charAt(2);
        if (separator != ':' && separator != '-') {
            throw notAnAddress(text);
        }
        long bits = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (i % 3 == 2) {
                if (c != separator) {
                    throw notAnAddress(text);
                }
            } else if (HexFormat.isHexDigit(c)) {
                bits = bits << 4 | HexFormat.fromHexDigit(c);
            } else {
                throw notAnAddress(text);
            }
        }
        return new MacAddress(bits);
    }

    private static IllegalArgumentException notAnAddress(String text) {
        return new IllegalArgumentException(
                "not a MAC address (expected aa:bb:cc:dd:ee:ff): " + text);
    }

    /** The address as a number. */
    public long bits() {
        return bits;
    }

    /** The six bytes in the order of the wire. */
    public byte[] octets() {
        byte[] octets = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            octets[i] = (byte) (bits >>> (8 * (LENGTH - 1 - i)));
        }
        return octets;
    }

    /** Whether it names a group of stations (the least significant bit of the first byte). */
    public boolean isMulticast() {
        return (bits & GROUP_BIT) != 0;
    }

    /** Whether it was made locally and not by a manufacturer. */
    public boolean isLocallyAdministered() {
        return (bits & LOCAL_BIT) != 0;
    }

    /**
     * The same bits made a locally administered unicast address: how random or hashed addresses are
     * formed.
     */
    public MacAddress toLocalUnicast() {
        return new MacAddress((bits | LOCAL_BIT) & ~GROUP_BIT);
    }

    @Override
    public int compareTo(MacAddress other) {
        return Long.compare(bits, other.bits);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MacAddress mac && mac.bits == bits;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(bits);
    }

    /** In lower case with colons. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            HEX.toHexDigits(text, (byte) (bits >>> shift));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }
}
