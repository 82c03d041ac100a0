package dev.kakehashi.linux.wireguard;

import java.util.Arrays;
import java.util.Base64;

/** A public key of Curve25519 (RFC 7748): 32 octets, written in base64. */
public final class WireguardKey {
    /** Octets. */
    public static final int LENGTH = 32;

    private final byte[] octets;

    private WireguardKey(byte[] octets) {
        this.octets = octets;
    }

    /**
     * The key of these octets.
     *
     * @throws IllegalArgumentException when they are not 32, or all zero, which is no key
     */
    public static WireguardKey of(byte[] octets) {
        if (octets.length != LENGTH) {
            throw new IllegalArgumentException(
                    "a WireGuard key has " + LENGTH + " octets, not " + octets.length);
        }
        if (Arrays.equals(octets, new byte[LENGTH])) {
            throw new IllegalArgumentException("a WireGuard key is not all zero");
        }
        return new WireguardKey(octets.clone());
    }

    /**
     * Reads base64.
     *
     * @throws IllegalArgumentException when it is no key
     */
    public static WireguardKey parse(String base64) {
        return of(Base64.getDecoder().decode(base64));
    }

    /** A copy of the octets. */
    public byte[] octets() {
        return octets.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WireguardKey key && Arrays.equals(octets, key.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    /** In base64, as wg(8) writes it. */
    @Override
    public String toString() {
        return Base64.getEncoder().encodeToString(octets);
    }
}
