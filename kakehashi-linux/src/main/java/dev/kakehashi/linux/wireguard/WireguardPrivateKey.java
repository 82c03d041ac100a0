package dev.kakehashi.linux.wireguard;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.interfaces.XECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;

import javax.crypto.KeyAgreement;

/**
 * A private key of Curve25519 (RFC 7748), clamped as the kernel keeps it. It does not print itself.
 */
public final class WireguardPrivateKey {
    private static final String ALGORITHM = "X25519";

    /** The u coordinate of the base point (RFC 7748, section 4.1). */
    private static final BigInteger BASE_POINT = BigInteger.valueOf(9);

    private final byte[] octets;
    private final WireguardKey publicKey;

    private WireguardPrivateKey(byte[] octets, WireguardKey publicKey) {
        this.octets = octets;
        this.publicKey = publicKey;
    }

    /** A fresh key, by the JDK's source of randomness. */
    public static WireguardPrivateKey generate() {
        try {
            XECPrivateKey key =
                    (XECPrivateKey)
                            KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair().getPrivate();
            return of(key.getScalar().orElseThrow());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no X25519", e);
        }
    }

    /**
     * The key of these octets, clamped (RFC 7748, section 5).
     *
     * @throws IllegalArgumentException when they are not 32
     */
    public static WireguardPrivateKey of(byte[] octets) {
        if (octets.length != WireguardKey.LENGTH) {
            throw new IllegalArgumentException(
                    "a WireGuard key has " + WireguardKey.LENGTH + " octets, not " + octets.length);
        }
        byte[] clamped = octets.clone();
        clamped[0] &= (byte) 248;
        clamped[31] = (byte) ((clamped[31] & 127) | 64);
        return new WireguardPrivateKey(clamped, publicOf(clamped));
    }

    /**
     * Reads base64.
     *
     * @throws IllegalArgumentException when it is no key; the message does not repeat it
     */
    public static WireguardPrivateKey parse(String base64) {
        byte[] octets;
        try {
            octets = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a WireGuard key in base64");
        }
        return of(octets);
    }

    /** What others know it by: the scalar times the base point. */
    private static WireguardKey publicOf(byte[] scalar) {
        try {
            KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
            KeyAgreement agreement = KeyAgreement.getInstance(ALGORITHM);
            agreement.init(
                    factory.generatePrivate(
                            new XECPrivateKeySpec(NamedParameterSpec.X25519, scalar)));
            agreement.doPhase(
                    factory.generatePublic(
                            new XECPublicKeySpec(NamedParameterSpec.X25519, BASE_POINT)),
                    true);
            return WireguardKey.of(agreement.generateSecret());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no X25519", e);
        }
    }

    /** The public key that belongs to it. */
    public WireguardKey publicKey() {
        return publicKey;
    }

    /** A copy of the octets, for the kernel and the key file only. */
    public byte[] octets() {
        return octets.clone();
    }

    /** In base64, for the key file only. */
    public String base64() {
        return Base64.getEncoder().encodeToString(octets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WireguardPrivateKey key
                && MessageDigest.isEqual(octets, key.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(publicKey.octets());
    }

    /** Names the public key, not itself. */
    @Override
    public String toString() {
        return "private key of " + publicKey;
    }
}
