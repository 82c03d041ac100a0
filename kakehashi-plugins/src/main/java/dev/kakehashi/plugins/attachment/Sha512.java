package dev.kakehashi.plugins.attachment;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash in the names that the reference plugins derive from networks and containers. */
public final class Sha512 {

    private Sha512() {}

    /** The first {@code digits} hexadecimal digits, lower case, of the SHA-512 of {@code text}. */
    public static String hex(String text, int digits) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-512")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, (digits + 1) / 2).substring(0, digits);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("java.base has SHA-512", e);
        }
    }
}
