package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * A register. The kernel has four of 16 bytes, numbered 1 to 4, which are also sixteen of 4 bytes,
 * numbered 8 to 23 (enum nft_registers). Both numbers of one place are the same register here,
 * under the number that the kernel reports.
 *
 * @param number 1 to 4, 8 to 23, 0 for the verdict, -1 for none
 */
public record Register(int number) {
    /** Where a verdict goes ({@code NFT_REG_VERDICT}). */
    public static final Register VERDICT = new Register(0);

    /** No register: the attribute is absent. */
    public static final Register NONE = new Register(-1);

    private static final int REG32_00 = 8;
    private static final int REG32_15 = 23;
    private static final int WORDS_PER_REGISTER = 4;

    public Register {
        if (number < -1 || number > REG32_15 || (number > 4 && number < REG32_00)) {
            throw new IllegalArgumentException("no such nftables register: " + number);
        }
        if (number >= REG32_00 && (number - REG32_00) % WORDS_PER_REGISTER == 0) {
            number = 1 + (number - REG32_00) / WORDS_PER_REGISTER;
        }
    }

    /**
     * The register that begins at a 4-byte word.
     *
     * @param word 0 to 15
     */
    public static Register word(int word) {
        if (word < 0 || word > REG32_15 - REG32_00) {
            throw new IllegalArgumentException(
                    "nftables has 16 register words, not number " + word);
        }
        return new Register(REG32_00 + word);
    }

    /** The 4-byte word where this register begins; only for data registers. */
    public int word() {
        if (number <= 0) {
            throw new IllegalStateException("not a data register: " + number);
        }
        return number < REG32_00 ? (number - 1) * WORDS_PER_REGISTER : number - REG32_00;
    }

    /** Whether there is a register. */
    public boolean isPresent() {
        return number >= 0;
    }

    /** Writes the number, or nothing where there is no register. */
    void write(MessageWriter writer, int attribute) {
        if (isPresent()) {
            writer.be32(attribute, number);
        }
    }
}
