package dev.kakehashi.cluster;

import java.util.Optional;
import java.util.OptionalLong;

/** Numbers of autonomous systems: unsigned, of 32 bits (RFC 6793). */
public final class AsNumber {
    /** The least there is: 0 is reserved (RFC 7607). */
    public static final long MIN = 1;

    /** The greatest there is: the last number is reserved (RFC 7300). */
    public static final long MAX = 0xfffffffeL;

    /** AS_TRANS: stands for what an old speaker cannot say (RFC 6793). */
    private static final long TRANSITION = 23456;

    /** The last number of 16 bits is reserved (RFC 7300). */
    private static final long LAST_OF_16_BITS = 65535;

    private AsNumber() {}

    /** Says why no speaker may have this number; empty when one may. */
    public static Optional<String> problemOf(long number) {
        return number < MIN || number > MAX || number == TRANSITION || number == LAST_OF_16_BITS
                ? Optional.of(
                        number
                                + " is no AS number that may be used; allowed is 1 to 4294967294"
                                + " without 23456 and 65535")
                : Optional.empty();
    }

    /** A number in decimal digits, or in two halves with a dot (RFC 5396); empty for others. */
    public static OptionalLong parse(String text) {
        try {
            int dot = text.indexOf('.');
            long number =
                    dot < 0
                            ? Long.parseLong(text)
                            : (long) half(text.substring(0, dot)) << Short.SIZE
                                    | half(text.substring(dot + 1));
            return problemOf(number).isEmpty() ? OptionalLong.of(number) : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static int half(String text) {
        int value = Integer.parseInt(text);
        if (value < 0 || value > LAST_OF_16_BITS) {
            throw new NumberFormatException(text);
        }
        return value;
    }
}
