package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Jenkins' hash of a register's contents, reduced to a range.
 *
 * @param sreg what to hash
 * @param dreg where to, 4 bytes in the processor's order
 * @param length bytes to hash
 * @param modulus how many numbers
 * @param seed of the hash
 * @param offset added to the number
 */
public record Hash(Register sreg, Register dreg, int length, int modulus, int seed, int offset)
        implements Expression {
    private static final int NFTA_HASH_SREG = 1;
    private static final int NFTA_HASH_DREG = 2;
    private static final int NFTA_HASH_LEN = 3;
    private static final int NFTA_HASH_MODULUS = 4;
    private static final int NFTA_HASH_SEED = 5;
    private static final int NFTA_HASH_OFFSET = 6;
    private static final int NFTA_HASH_TYPE = 7;

    @Override
    public String kind() {
        return "hash";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        sreg.write(writer, NFTA_HASH_SREG);
        dreg.write(writer, NFTA_HASH_DREG);
        writer.be32(NFTA_HASH_LEN, length);
        writer.be32(NFTA_HASH_MODULUS, modulus);
        if (seed != 0) {
            writer.be32(NFTA_HASH_SEED, seed);
        }
        writer.be32(NFTA_HASH_OFFSET, offset);
        writer.be32(NFTA_HASH_TYPE, 0);
    }

    static Hash read(Fields f) throws MalformedMessageException {
        boolean seeded = f.has(NFTA_HASH_SEED);
        int seed = f.be32(NFTA_HASH_SEED, 0);
        if (f.be32(NFTA_HASH_TYPE, 0) != 0 || (seeded && seed == 0)) {
            throw new IllegalArgumentException("another hash, or seeded with zero");
        }
        return new Hash(
                f.register(NFTA_HASH_SREG),
                f.register(NFTA_HASH_DREG),
                f.be32(NFTA_HASH_LEN, 0),
                f.be32(NFTA_HASH_MODULUS, 0),
                seed,
                f.be32(NFTA_HASH_OFFSET, 0));
    }
}
