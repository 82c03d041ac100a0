package dev.kakehashi.linux;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The address of a link on its own medium: six octets of Ethernet, twenty of IP over InfiniBand
 * (RFC 4391), of a tunnel the address of its end. Immutable.
 */
public final class HardwareAddress {
    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");
    private static final int ETHERNET = 6;
    private static final int EUI_64 = 8;
    private static final int INFINIBAND = 20;

    private final byte[] octets;

    private HardwareAddress(byte[] octets) {
        this.octets = octets;
    }

    /** The address of these octets. */
    public static HardwareAddress of(byte[] octets) {
        return new HardwareAddress(octets.clone());
    }

    /** The same as a MAC address. */
    public static HardwareAddress of(MacAddress mac) {
        return new HardwareAddress(mac.octets());
    }

    /**
     * Reads 6, 8 or 20 octets: {@code aa:bb:cc:dd:ee:ff}, also with hyphens, or by four digits with
     * points, {@code aabb.ccdd.eeff}, in upper or lower case.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static HardwareAddress parse(String text) {
        try {
            byte[] octets = octets(text);
            if (octets.length == ETHERNET
                    || octets.length == EUI_64
                    || octets.length == INFINIBAND) {
                return new HardwareAddress(octets);
            }
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw new IllegalArgumentException(
                "not a hardware address (expected 6, 8 or 20 octets as aa:bb:cc:…): " + text);
    }

    private static byte[] octets(String text) {
        if (text.indexOf('.') < 0) {
            return HexFormat.ofDelimiter(text.indexOf('-') < 0 ? ":" : "-").parseHex(text);
        }
        for (String group : text.split("\\.", -1)) {
            if (group.length() != 4) {
                throw new IllegalArgumentException("not four digits: " + group);
            }
        }
        return HexFormat.of().parseHex(text.replace(".", ""));
    }

    /** The MAC address, if it is one. */
    public Optional<MacAddress> mac() {
        return octets.length == ETHERNET ? Optional.of(MacAddress.of(octets)) : Optional.empty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HardwareAddress that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    /** In lower case with colons. */
    @Override
    public String toString() {
        return COLONS.formatHex(octets);
    }
}
